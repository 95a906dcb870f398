import type { Context, Done, Events, Helpers, ScenarioSpec, Script } from './artillery.ts';
import { filled } from './blanks.ts';
import { EngineMeter } from './engine-meter.ts';
import { Squad } from './squad.ts';
import { StepError } from './step-error.ts';
import { flowOf } from './steps/flow.ts';
import { call } from './steps/function-step.ts';
import type { Step } from './steps/step.ts';
import { type EngineKit, VirtualUser } from './virtual-user.ts';

/** What Artillery calls an engine: `config.engines.chatstorm`, and `engine: chatstorm` in a scenario. */
export class ChatstormEngine {
  readonly #script: Script;
  readonly #helpers: Helpers;

  constructor(script: Script, _events: unknown, helpers: Helpers) {
    this.#script = script;
    this.#helpers = helpers;
  }

  /** A scenario as Artillery runs it for each virtual user. Throws an Error that says what is wrong with the script. */
  createScenario(spec: ScenarioSpec, events: Events): (context: Context, done: Done) => void {
    const { tls, engines } = this.#script.config;
    const settings = filled({ ...tls, ...engines?.chatstorm });
    const meter = new EngineMeter(events);
    const kit: EngineKit = { script: this.#script, helpers: this.#helpers, events, meter, settings };
    const flow = flowOf(spec.flow.flat() as ScenarioSpec['flow'], kit);
    return (context, done) => {
      events.emit('started');
      const over =
        spec.users === undefined ? live(new VirtualUser(kit, context), flow) : liveAsSquad(kit, spec, flow, context);
      void over.then(
        () => finish(meter, () => done(null, context)),
        (error: Error) => {
          meter.fail(error.message);
          finish(meter, () => done(error, context));
        },
      );
    };
  }
}

function finish(meter: EngineMeter, done: () => void): void {
  meter.flush();
  done();
}

/** Rejects with an Error where the user fails. */
async function live(user: VirtualUser, flow: Step): Promise<void> {
  try {
    await flow(user);
  } catch (error) {
    // What is no StepError is a bug, of a processor or of ours.
    if (!(error instanceof StepError)) console.error(error);
    throw error;
  } finally {
    user.end();
  }
}

/**
 * `users: N` users arrive `over` so many seconds, once `beforeScenario` is done; those that fail are counted by reason. A function
 * of the processor can change how many they are, by `context.resize(users, overSeconds)`; `context.share` is this thread's share of them.
 */
async function liveAsSquad(kit: EngineKit, spec: ScenarioSpec, flow: Step, context: Context): Promise<void> {
  const [phase] = kit.script.config.phases ?? [];
  const [first, every] = [(phase?.worker ?? 1) - 1, phase?.totalWorkers ?? 1];
  const squad = new Squad((n) => {
    const vars = Object.assign(Object.create(context.vars), { $user: first + n * every });
    // What is the squad's is not copied for each of its users.
    const user = new VirtualUser(kit, Object.assign(Object.create(context), { vars }));
    const over = live(user, flow).catch((error: Error) => kit.meter.fail(error.message));
    return { over, leave: () => user.end() };
  });
  // Those of all worker threads together are as many as is said.
  const resize = (users: number, overS: number) => void squad.resize(Math.ceil((users - first) / every), overS);
  const leader = new VirtualUser(kit, Object.assign(context, { resize, share: 1 / every }));
  for (const name of [spec.beforeScenario ?? []].flat()) await call(name, leader, kit);
  resize(Number(spec.users), Number(spec.over ?? 0));
  await squad.over;
}
