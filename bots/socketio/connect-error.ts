/** Why a client could not connect, in its own words, with the cause that it keeps behind them: a system error, or an HTTP status. */
export function reasonOf(error: Error): string {
  const { description, context } = error as { description?: unknown; context?: { statusText?: unknown } };
  for (const cause of [description, context?.statusText]) {
    const { message } = (cause ?? {}) as { message?: unknown };
    if (typeof message === 'string' && message !== '') return `${error.message}: ${message}`;
  }
  return typeof description === 'number' && description > 0 ? `${error.message}: HTTP ${description}` : error.message;
}

/** Whether the target answered and said no, by HTTP status or by refusing the namespace; otherwise nothing was heard of it. */
export function isAnswer(error: Error): boolean {
  const { description } = error as { description?: unknown };
  // Only a refused namespace brings data along, undefined where the server gave none.
  return (typeof description === 'number' && description > 0) || Object.hasOwn(error, 'data');
}
