import { describe, expect, test } from 'vitest';
import { type Arrival, Ledger, type LedgerShape, type Tally } from './ledger.ts';

/**
 * A history is what happened, line by line, in the words of the ledger. Bots are a, b and c; a's messages in room 0 are
 * a0, a1, …, in room 1 a'0, a'1, …. Numbers after @ are ms since the run's start.
 *
 *   a b up                  their connections open          a b down    … end
 *   a b join [@at]          they are joined to room 0       b join' room 1;  b leave @at
 *   a0 sent [@at]           handed over (dueAt = sentAt)    a0 acked, a0 refused
 *   b got a0 [@at]          it arrives; what it was told as stands behind the arrow
 *   b recalls a0            it stands in the history given on joining
 *   fault on, fault off @at
 */
function tell(history: string, shape: Partial<LedgerShape> = {}) {
  const counts: Partial<Record<Tally, number>> = {};
  const ledger = new Ledger({ bots: 3, rooms: 2, echo: true, ...shape }, (what, _room, _second, n) => {
    counts[what] = (counts[what] ?? 0) + n;
  });
  const arrivals: (Arrival | `${Arrival} reordered`)[] = [];
  let now = 0;
  for (const line of history
    .trim()
    .split('\n')
    .map((l) => l.trim())) {
    const at = /@(\d+)/.exec(line);
    now = at ? Number(at[1]) : now + 1;
    play(ledger, line.replace(/@\d+/, '').trim(), now, arrivals);
  }
  ledger.close();
  const told = Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
  return { counts: told, arrivals };
}

function play(ledger: Ledger, line: string, now: number, arrivals: unknown[]): void {
  const words = line.split(' ');
  const message = (word: string) => {
    const [, bot, prime, seq] = /^([abc])('?)(\d+)$/.exec(word)!;
    return [botOf(bot!), prime ? 1 : 0, Number(seq)] as const;
  };
  const verb = words.find((word) => !/^[abc]('?\d+)?$/.test(word))!;
  const bots = words
    .slice(0, words.indexOf(verb))
    .filter((word) => /^[abc]$/.test(word))
    .map(botOf);
  const room = verb.endsWith("'") ? 1 : 0;
  switch (verb.replace("'", '')) {
    case 'up':
      return bots.forEach((bot) => ledger.links.opened(bot, now));
    case 'down':
      return bots.forEach((bot) => ledger.links.ended(bot));
    case 'join':
      return bots.forEach((bot) => ledger.links.joined(bot, room, now));
    case 'leave':
      return bots.forEach((bot) => ledger.links.leaving(bot, room, now));
    case 'fault':
      return words[1] === 'on' ? ledger.links.faultOn() : ledger.links.faultOff(now);
    case 'sent':
      return ledger.sent(...message(words[0]!), now, now);
    case 'acked':
      return ledger.acked(...message(words[0]!));
    case 'refused':
      return void ledger.refused(...message(words[0]!));
    case 'got': {
      const arrival = ledger.arrived(bots[0]!, ...message(words[2]!), now);
      return void arrivals.push(ledger.reordered ? `${arrival} reordered` : arrival);
    }
    case 'recalls':
      return ledger.recalled(bots[0]!, ...message(words[2]!), now);
    default:
      throw new Error(`No such line: ${line}`);
  }
}

const botOf = (name: string) => 'abc'.indexOf(name);

const everybodyIn = `
  a b c up
  a b c join`;

describe('the five outcomes', () => {
  test('1 delivered: it arrived on the link on which the recipient was joined', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      a0 sent
      a got a0
      b got a0
      c got a0`);
    expect(arrivals).toEqual(['delivered', 'delivered', 'delivered']);
    expect(counts).toEqual({ expected: 3, delivered: 3, ok: 1, complete: 1 });
  });

  test('1 delivered: it was sent while the recipient was joining, and arrived on that link', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      c down
      c up
      a0 sent
      a got a0
      b got a0
      c join
      c got a0`);
    expect(arrivals.at(-1)).toBe('delivered');
    expect(counts).toEqual({ expected: 3, delivered: 3, ok: 1, complete: 1 });
  });

  test('2 recovered: it was sent while the recipient was joining, and arrived on a later link', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      c down
      c up
      a0 sent
      a got a0
      b got a0
      c down
      c up
      c got a0`);
    expect(arrivals.at(-1)).toBe('recovered');
    expect(counts).toEqual({ expected: 3, delivered: 2, recovered: 1, ok: 1, complete: 1 });
  });

  test('5 missed offline: it was sent while the recipient was joining, and did not arrive', () => {
    const { counts } = tell(`${everybodyIn}
      c down
      c up
      a0 sent
      a got a0
      b got a0
      c join`);
    expect(counts).toEqual({ expected: 3, delivered: 2, 'missed.offline': 1, ok: 1, incomplete: 1 });
  });

  test('2 recovered: it arrived on a later link', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      a0 sent
      a got a0
      b got a0
      c down
      c up
      c join
      c got a0`);
    expect(arrivals.at(-1)).toBe('recovered');
    expect(counts).toEqual({ expected: 3, delivered: 2, recovered: 1, ok: 1, complete: 1 });
  });

  test('2 recovered: replayed before the connect event, while the new link is not joined yet', () => {
    const { counts } = tell(`${everybodyIn}
      c down
      a0 sent
      a got a0
      b got a0
      c up
      c got a0
      c join`);
    expect(counts).toEqual({ expected: 3, delivered: 2, recovered: 1, ok: 1, complete: 1 });
  });

  test('2 recovered: it stood in the history given on joining again', () => {
    const { counts } = tell(`${everybodyIn}
      c down
      a0 sent
      a got a0
      b got a0
      c up
      c join
      c recalls a0
      c recalls a0`);
    expect(counts).toEqual({ expected: 3, delivered: 2, recovered: 1, ok: 1, complete: 1 });
  });

  test('3 unknown: the sender was cut, there was no ack and nobody saw it', () => {
    const { counts } = tell(`${everybodyIn}
      a0 sent
      a down`);
    expect(counts).toEqual({ expected: 3, unknown: 3, info: 1, incomplete: 1 });
  });

  test('3 unknown: a later message on another link proves nothing', () => {
    const { counts } = tell(`${everybodyIn}
      a0 sent
      a down
      a up
      a join
      a1 sent
      a1 acked
      a got a1
      b got a1
      c got a1`);
    expect(counts).toMatchObject({ unknown: 3, info: 1, ok: 1, delivered: 3 });
  });

  test('4 lost: acknowledged, and the recipient was there all the time', () => {
    const { counts } = tell(`${everybodyIn}
      a0 sent
      a0 acked
      a got a0
      b got a0`);
    expect(counts).toEqual({ expected: 3, delivered: 2, lost: 1, ok: 1, incomplete: 1 });
  });

  test('4 lost, not unknown: nobody saw it, but a later message of the same link was seen', () => {
    const { counts } = tell(`${everybodyIn}
      a0 sent
      a1 sent
      a got a1
      b got a1
      c got a1`);
    expect(counts).toEqual({ expected: 6, delivered: 3, lost: 3, ok: 2, complete: 1, incomplete: 1 });
  });

  test('4 lost, not unknown: the later message may be in another room', () => {
    const { counts } = tell(`${everybodyIn}
      a join'
      a0 sent
      a'0 sent
      a got a'0`);
    expect(counts).toMatchObject({ lost: 3, delivered: 1, ok: 2 });
  });

  test('4 lost: a fault passed, and something else arrived on the link after it', () => {
    const { counts } = tell(`${everybodyIn}
      fault on
      a0 sent
      fault off
      a1 sent
      a got a0
      a got a1
      b got a0
      b got a1
      c got a1`);
    expect(counts).toMatchObject({ lost: 1, delivered: 5 });
  });

  test.each([
    ['offline', 'c down\n a0 sent'],
    ['left', 'a0 sent\n c leave'],
    ['left', 'a0 sent\n c leave\n c down'],
    ['cut', 'a0 sent\n c down'],
    ['cut', 'a0 sent\n c down\n c up\n c join'],
    ['silent', 'a0 sent\n fault on'],
    ['silent', 'fault on\n a0 sent\n fault off'],
  ])('5 missed, %s: %j', (cause, happened) => {
    const { counts } = tell(`${everybodyIn}
      ${happened}
      a got a0
      b got a0`);
    expect(counts).toEqual({ expected: 3, delivered: 2, [`missed.${cause}`]: 1, ok: 1, incomplete: 1 });
  });
});

describe('awkward interleavings', () => {
  test('a join between the hand-over and the broadcast: not expected, a boundary', () => {
    const { counts, arrivals } = tell(`
      a b c up
      a b join
      a0 sent
      c join
      a got a0
      b got a0
      c got a0`);
    expect(arrivals.at(-1)).toBe('boundary');
    expect(counts).toEqual({ expected: 2, delivered: 2, ok: 1, complete: 1 });
  });

  test('the sender was cut and others saw it: only its own pair is missed, cut', () => {
    const { counts } = tell(`${everybodyIn}
      a0 sent
      a down
      b got a0
      c got a0`);
    expect(counts).toEqual({ expected: 3, delivered: 2, 'missed.cut': 1, ok: 1, incomplete: 1 });
  });

  test('a cut that nobody has noticed yet: missed, silent', () => {
    const { counts } = tell(`${everybodyIn}
      fault on
      a0 sent
      a got a0
      b got a0`);
    expect(counts).toMatchObject({ 'missed.silent': 1 });
  });

  test('a cut that nobody has noticed yet: recovered where it is replayed', () => {
    const { counts } = tell(`${everybodyIn}
      fault on
      a0 sent
      a got a0
      b got a0
      fault off
      c down
      c up
      c got a0
      c join`);
    expect(counts).toEqual({ expected: 3, delivered: 2, recovered: 1, ok: 1, complete: 1 });
  });

  test('a leave in flight: what still arrives is delivered', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      a0 sent
      c leave
      a got a0
      b got a0
      c got a0`);
    expect(arrivals.at(-1)).toBe('delivered');
    expect(counts).toMatchObject({ expected: 3, delivered: 3 });
  });

  test('after the leave nothing is expected; an arrival within a second is a boundary, later it is misrouted', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      c leave @2000
      a0 sent @2100
      a got a0
      b got a0
      c got a0 @2900
      a1 sent @5000
      a got a1
      b got a1
      c got a1`);
    expect(arrivals.filter((_, i) => i % 3 === 2)).toEqual(['boundary', 'misrouted']);
    expect(counts).toMatchObject({ expected: 4, delivered: 4 });
  });

  test('echo off: the sender is not expected to hear itself', () => {
    const { counts } = tell(
      `${everybodyIn}
      a0 sent
      b got a0
      c got a0`,
      { echo: false },
    );
    expect(counts).toEqual({ expected: 2, delivered: 2, ok: 1, complete: 1 });
  });

  test('a refused send: nobody is expected to get it', () => {
    const { counts } = tell(`${everybodyIn}
      a0 sent
      a0 refused`);
    expect(counts).toEqual({ refused: 1 });
  });

  test.each(['a0 refused\n b got a0', 'b got a0\n a0 refused\n c got a0'])(
    'a refused message that was seen is a phantom: %j',
    (happened) => {
      const { counts, arrivals } = tell(`${everybodyIn}
      a0 sent
      ${happened}`);
      expect(arrivals.at(-1)).toBe('phantom');
      expect(counts).toEqual({ refused: 1 });
    },
  );

  test('a refusal takes back what arrived before it, and says how many that were', () => {
    const counts: Record<string, number> = {};
    const ledger = new Ledger({ bots: 2, rooms: 1, echo: true }, (what, _room, _second, n) => {
      counts[what] = (counts[what] ?? 0) + n;
    });
    for (const bot of [0, 1]) ledger.links.opened(bot, 0);
    for (const bot of [0, 1]) ledger.links.joined(bot, 0, 0);
    ledger.sent(0, 0, 0, 1, 1);
    ledger.arrived(0, 0, 0, 0, 2);
    ledger.arrived(1, 0, 0, 0, 2);
    expect(ledger.refused(0, 0, 0)).toBe(2);
    expect(ledger.refused(0, 0, 0)).toBe(0);
    expect(ledger.open(0)).toBe(0);
    expect(counts).toEqual({ expected: 0, delivered: 0, ok: 0, complete: 0, refused: 1 });
  });

  test('a second arrival is a duplicate, across links too', () => {
    const { counts, arrivals } = tell(`${everybodyIn}
      a0 sent
      a got a0
      b got a0
      c got a0
      c got a0
      c down
      c up
      c join
      c got a0`);
    expect(arrivals.slice(3)).toEqual(['duplicate', 'duplicate']);
    expect(counts).toMatchObject({ expected: 3, delivered: 3 });
  });

  test('two swapped messages of a sender are reordered once, on one link only', () => {
    const { arrivals } = tell(`${everybodyIn}
      a0 sent
      a1 sent
      b got a1
      b got a0
      c got a1
      c down
      c up
      c got a0`);
    expect(arrivals).toEqual(['delivered', 'delivered reordered', 'delivered', 'recovered']);
  });

  test('two rooms are two sequences, and a message that strays into the other is misrouted', () => {
    const { counts, arrivals } = tell(`
      a b c up
      a b join
      a c join'
      a0 sent @2000
      a'0 sent
      a got a0
      a got a'0
      b got a0
      c got a'0
      b got a'0`);
    expect(arrivals).toEqual(['delivered', 'delivered', 'delivered', 'delivered', 'misrouted']);
    expect(counts).toEqual({ expected: 4, delivered: 4, ok: 2, complete: 2 });
  });

  test('a token that nobody sent is a phantom', () => {
    const { arrivals, counts } = tell(`${everybodyIn}
      a got a7
      b got c0`);
    expect(arrivals).toEqual(['phantom', 'phantom']);
    expect(counts).toEqual({});
  });

  test('a complete message is forgotten after ten seconds; what comes of it then is still a duplicate', () => {
    const ledger = new Ledger({ bots: 1, rooms: 1, echo: true }, () => {});
    ledger.links.opened(0, 0);
    ledger.links.joined(0, 0, 0);
    for (let seq = 0; seq < 5000; seq++) {
      ledger.sent(0, 0, seq, seq * 10, seq * 10);
      ledger.arrived(0, 0, 0, seq, seq * 10 + 1);
    }
    expect(ledger.arrived(0, 0, 0, 0, 60_000)).toBe('duplicate');
    expect(ledger.arrived(0, 0, 0, 4999, 60_000)).toBe('duplicate');
    expect(ledger.open(0)).toBe(0);
  });
});

test('a fault that touches one bot makes only its silence a reason', () => {
  const counts: Partial<Record<Tally, number>> = {};
  const ledger = new Ledger({ bots: 3, rooms: 1, echo: false }, (what, _room, _second, n) => {
    counts[what] = (counts[what] ?? 0) + n;
  });
  for (const bot of [0, 1, 2]) {
    ledger.links.opened(bot, 0);
    ledger.links.joined(bot, 0, 0);
  }
  ledger.sent(0, 0, 0, 10, 10);
  ledger.links.faultOn([1]);
  ledger.links.faultOff(20, [1]);
  ledger.acked(0, 0, 0);
  ledger.close();
  expect(counts).toMatchObject({ expected: 2, 'missed.silent': 1, lost: 1 });
});

describe('the way between nodes', () => {
  /** Bots 0 and 1 on node 1, bot 2 on node 2, bot 3 on one that is not known; counts by what and way. */
  function told(act: (ledger: Ledger) => void) {
    const counts: Record<string, number> = {};
    const ledger = new Ledger({ bots: 4, rooms: 1, echo: true }, (what, _room, _second, n, path) => {
      const key = `${what} ${['unknown', 'same', 'cross'][path]}`;
      counts[key] = (counts[key] ?? 0) + n;
    });
    for (const bot of [0, 1, 2, 3]) {
      ledger.links.opened(bot, 0);
      if (bot < 3) ledger.links.served(bot, bot < 2 ? 1 : 2);
      ledger.links.joined(bot, 0, 0);
    }
    act(ledger);
    ledger.close();
    return Object.fromEntries(Object.entries(counts).filter(([key, n]) => n !== 0 && !/^(ok|info|complete)/.test(key)));
  }

  test('is told of each pair, from who was where at the hand-over', () => {
    const counts = told((ledger) => {
      ledger.sent(0, 0, 0, 1, 1);
      ledger.arrived(0, 0, 0, 0, 2);
      ledger.arrived(2, 0, 0, 0, 2);
      ledger.links.ended(1);
      // On another node by now: what it gets late was meant for one on the sender's.
      ledger.links.opened(1, 3);
      ledger.links.served(1, 2);
      ledger.arrived(1, 0, 0, 0, 4);
    });
    expect(counts).toEqual({
      ...{ 'expected same': 2, 'expected cross': 1, 'expected unknown': 1 },
      ...{ 'delivered same': 1, 'recovered same': 1, 'delivered cross': 1, 'lost unknown': 1, 'incomplete unknown': 1 },
    });
  });

  test('is not known of a sender whose node is not, nor of a link that was not told its node yet', () => {
    expect(told((ledger) => ledger.sent(3, 0, 0, 1, 1))).toMatchObject({ 'expected unknown': 4 });
    const counts = told((ledger) => {
      ledger.links.opened(0, 1);
      ledger.sent(0, 0, 0, 2, 2);
    });
    expect(counts).toMatchObject({ 'expected unknown': 4 });
  });

  test('is taken back with the pairs of a message that was refused', () => {
    const counts = told((ledger) => {
      ledger.sent(0, 0, 0, 1, 1);
      for (const bot of [0, 1, 2]) ledger.arrived(bot, 0, 0, 0, 2);
      ledger.refused(0, 0, 0);
    });
    expect(counts).toEqual({ 'refused unknown': 1 });
  });
});
