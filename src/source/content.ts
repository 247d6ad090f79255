import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import type { FileRead } from './tree.ts'

/** What the bytes of a file are: text to analyse, or the reason why not. */
export type Content = { readonly ok: true; readonly text: string } | Extract<FileRead, { ok: false }>

/** Bytes; a larger file is never read. Front ends have smaller limits of their own. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024

/** A pointer is a text file of less than 1,024 bytes that starts so. Source: github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\n'
const LFS_POINTER_BYTES = 1024

/** Decodes UTF-8 and keeps a byte-order mark, so that an edit can be spliced into the text and the rest stays byte for byte. */
export function decodeContent(bytes: Buffer): Content {
  if (bytes.length > MAX_FILE_BYTES) return tooLarge(bytes.length)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { ok: false, reason: 'unreadable', message: 'the file is UTF-16, only UTF-8 is read' }
  }
  if (bytes.includes(0)) return { ok: false, reason: 'binary', message: 'the file is binary: it holds NUL bytes' }
  if (!isUtf8(bytes)) return { ok: false, reason: 'unreadable', message: 'the file is not valid UTF-8' }
  const text = bytes.toString('utf8')
  if (bytes.length < LFS_POINTER_BYTES && text.startsWith(LFS_POINTER)) {
    return {
      ok: false,
      reason: 'lfs-pointer',
      message: 'the content is in Git LFS, the tree holds only a pointer to it',
    }
  }
  return { ok: true, text }
}

export function tooLarge(size: number): Extract<FileRead, { ok: false }> {
  const message = `the file has ${size.toLocaleString('en-US')} bytes, the limit is ${MAX_FILE_BYTES.toLocaleString('en-US')}`
  return { ok: false, reason: 'too-large', message }
}

/** Git's blob id of some content (SHA-1 hex), so that folders and repositories have the same ids. */
export function toBlobId(bytes: Buffer): string {
  return startBlobId(bytes.length).update(bytes).digest('hex')
}

/** As {@link toBlobId} for content that comes in pieces: the hash to which the `size` bytes are to be added. */
export function startBlobId(size: number): Hash {
  return createHash('sha1').update(`blob ${size}\0`)
}
