export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Rejects where `bytes` are not compressed so. */
export function decompressed(bytes: Uint8Array<ArrayBuffer>, format: 'gzip' | 'deflate'): Response {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)));
}
