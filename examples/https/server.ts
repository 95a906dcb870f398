/** A chat behind https, with a certificate of its own, which is written beside this file as certificate.pem. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';

const certificate = process.env.CERTIFICATE ?? fileURLToPath(new URL('certificate.pem', import.meta.url));

const https = createServer({ key: makeCertificate(), cert: readFileSync(certificate) });
const io = new Server(https);

io.on('connection', (socket) => {
  socket.on('chat message', (text: string) => io.emit('chat message', text));
});

https.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');

/** Writes the certificate, and returns its key. */
function makeCertificate(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'https-example-'));
  const key = join(folder, 'key.pem');
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost'];
  try {
    execFileSync('openssl', [...words, '-addext', names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    return readFileSync(key);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
