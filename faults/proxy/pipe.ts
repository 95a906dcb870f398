import type { Socket } from 'node:net';
import type { Chunk, Stage } from './stage.ts';
import { reset } from './target-socket.ts';

/** Bytes that may wait between two ends, as in a TCP window: while there are more, nothing more is read. */
const WINDOW = 4 * 1024 * 1024;

/**
 * One direction of a connection, through the faults that touch it. Reads no faster than the other end takes.
 *
 *   source ─► stage ─► stage ─► … ─► sink        with no stage, chunks go from socket to socket as they are
 */
export class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #now: () => number;
  readonly #onDeadSink: () => void;
  #stages: readonly Stage[] = [];
  #dead = false;
  #ended = false;
  /** Bytes read from the source. */
  bytes = 0;

  constructor(source: Socket, sink: Socket, now: () => number, onDeadSink: () => void) {
    this.#source = source;
    this.#sink = sink;
    this.#now = now;
    this.#onDeadSink = onDeadSink;
    source.on('data', (data: Buffer) => this.#read(data));
    source.on('end', () => this.#end('fin'));
    // An end that was not said before the socket closed: a reset by the peer, or a cut of ours on the other side.
    source.on('close', (hadError) => (hadError || !this.#ended) && this.#end(hadError ? 'rst' : 'fin'));
    sink.on('drain', () => this.flow());
    sink.on('close', () => this.flow());
  }

  add(stage: Stage): void {
    this.#stages = [...this.#stages, stage];
  }

  /** Takes a stage out; what waits in it goes first. */
  remove(stage: Stage): void {
    stage.close();
    this.#stages = this.#stages.filter((other) => other !== stage);
    this.flow();
  }

  /** Hands a chunk to the stage after the given one, or to the sink. */
  next(stage: Stage | null, chunk: Chunk): void {
    const following = this.#stages[stage ? this.#stages.indexOf(stage) + 1 : 0];
    if (following) following.push(chunk);
    else this.#deliver(chunk);
  }

  /** Reads on, or waits until the other end has taken what there is. */
  flow(): void {
    let held = 0;
    for (const stage of this.#stages) held += stage.heldBytes;
    if (held > WINDOW || this.#sink.writableNeedDrain) this.#source.pause();
    else if (this.#source.isPaused()) this.#source.resume();
  }

  #read(data: Buffer): void {
    this.bytes += data.length;
    if (this.#stages.length === 0) {
      this.#write(data);
      return;
    }
    this.next(null, { at: this.#now(), data });
    this.flow();
  }

  #end(data: 'fin' | 'rst'): void {
    this.#ended = true;
    this.next(null, { at: this.#now(), data });
  }

  #deliver({ data }: Chunk): void {
    if (data === 'fin') this.#sink.end();
    if (data === 'rst') {
      this.#sink.uncork();
      reset(this.#sink);
    }
    if (typeof data === 'string') return;
    // What leaves a fault in one turn goes out in one system call: slices of a byte would cost one each.
    if (this.#sink.writableCorked === 0) {
      this.#sink.cork();
      process.nextTick(() => this.#sink.uncork());
    }
    this.#write(data);
  }

  #write(data: Buffer): void {
    if (this.#sink.writable) {
      if (!this.#sink.write(data)) this.#source.pause();
    } else if (!this.#dead) {
      this.#dead = true;
      this.#onDeadSink();
    }
  }
}
