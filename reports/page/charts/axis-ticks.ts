/** Whether a value of a logarithmic axis is one of 1, 2, 5, 10, 20 and so on. */
export function isRound(value: number): boolean {
  return ['1', '2', '5'].includes(value.toExponential(6)[0]!) && Number(value.toPrecision(1)) === value;
}
