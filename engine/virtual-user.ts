import type { Context, Events, Helpers, Script, Values } from './artillery.ts';
import type { Filled } from './blanks.ts';
import { type ClientSettings, connectionTo } from './client-settings.ts';
import type { EngineMeter } from './engine-meter.ts';
import { EngineSocket } from './engine-socket.ts';
import { StepError } from './step-error.ts';

/** What all users of an engine share. */
export interface EngineKit {
  readonly script: Script;
  readonly helpers: Helpers;
  readonly events: Events;
  readonly meter: EngineMeter;
  /** What `config.tls` and `config.engines.chatstorm` say. */
  readonly settings: Filled;
}

type OwnContext = Context & { sockets: Record<string, EngineSocket> };

/** A virtual user: its context, and its sockets by namespace. */
export class VirtualUser {
  readonly kit: EngineKit;
  readonly context: OwnContext;
  #isEnded = false;
  #ending: AbortController | undefined;

  constructor(kit: EngineKit, context: Context) {
    this.kit = kit;
    this.context = Object.assign(context, { sockets: {} });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Aborted when the user ends. */
  get ending(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.#isEnded) this.#ending.abort();
    return this.#ending.signal;
  }

  /** The socket of a namespace; it is connected by the engine's settings if there is none yet. Rejects with a StepError. */
  async socketOf(namespace: string): Promise<EngineSocket> {
    return this.context.sockets[namespace] ?? this.connect(namespace, {});
  }

  /**
   * Connects to a namespace, in the place of the connection there is. A processor's function may have put settings into
   * `context.client`. Rejects with a StepError.
   */
  async connect(namespace: string, own: Values): Promise<EngineSocket> {
    this.disconnect(namespace);
    const { context, kit } = this;
    const settings = kit.settings(this) as Values;
    const client = (context.client ?? {}) as Values;
    const extraHeaders = { ...headersIn(settings), ...headersIn(context), ...headersIn(own), ...headersIn(client) };
    const filled = { ...settings, ...own, ...client, extraHeaders } as ClientSettings;
    const socket = new EngineSocket(await this.#connection(namespace, filled), kit.meter);
    this.context.sockets[namespace] = socket;
    await socket.connect();
    return socket;
  }

  /** Ends the connection to a namespace. */
  disconnect(namespace: string): void {
    this.context.sockets[namespace]?.close();
    delete this.context.sockets[namespace];
  }

  /** Ends all connections, and what the user waits for. */
  end(): void {
    this.#isEnded = true;
    this.#ending?.abort();
    for (const namespace of Object.keys(this.context.sockets)) this.disconnect(namespace);
  }

  async #connection(namespace: string, settings: ClientSettings) {
    try {
      return await connectionTo(this.kit.script.config.target, namespace === '' ? '/' : namespace, settings);
    } catch (error) {
      throw new StepError((error as Error).message);
    }
  }
}

function headersIn({ extraHeaders }: Values): object {
  return (extraHeaders ?? {}) as object;
}
