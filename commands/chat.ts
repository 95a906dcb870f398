/** Opens the reference chat; its own main reads the environment. */
export async function chat({ port, host }: { port: number; host: string }): Promise<void> {
  process.env.PORT = String(port);
  process.env.HOST = host;
  await import('../server/main.ts');
}
