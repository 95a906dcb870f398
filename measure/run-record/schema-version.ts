/** The version of a RunRecord; raised when a field changes its meaning or goes. */
export const SCHEMA_VERSION = 3;
