/** Every kind of fault: adding one is a file in this folder and a line here. */

export { bandwidthFault } from './bandwidth.ts';
export { blackholeFault } from './blackhole.ts';
export { bufferedFault } from './buffered.ts';
export { closeFault } from './close.ts';
export { latencyFault } from './latency.ts';
export { limitFault } from './limit.ts';
export { refuseFault } from './refuse.ts';
export { resetFault } from './reset.ts';
export { slicerFault } from './slicer.ts';
export { slowCloseFault } from './slow-close.ts';
export { upgradeRefusedFault } from './upgrade-refused.ts';
export { upgradeStrippedFault } from './upgrade-stripped.ts';
export { upgradeSwallowedFault } from './upgrade-swallowed.ts';
export { websocketCutFault } from './websocket-cut.ts';
