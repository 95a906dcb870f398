/** Why a virtual user fails; Artillery counts its message as the reason. */
export class StepError extends Error {}
