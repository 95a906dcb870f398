/** Which way a delivery took where the target has several nodes, by number: 0 where that is not known. */
export const paths = [undefined, 'same-node', 'cross-node'] as const;

export const UNKNOWN_PATH = 0;
export const SAME_NODE = 1;
export const CROSS_NODE = 2;
