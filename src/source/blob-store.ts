import { SourceText } from '../base/text.ts'
import { type Content, decodeContent } from './content.ts'
import type { FileRead } from './tree.ts'

/**
 * What was read in one run, base and head together.
 *
 * Content is kept by blob id, so a moved file is read once; its {@link SourceText} by path and id, so that an unchanged file
 * is the identical object in both trees.
 */
export class BlobStore {
  readonly #contents = new Map<string, Content>()
  readonly #reads = new Map<string, FileRead>()
  /** Bytes of unasked content that may still be kept. */
  #room = 128 * 1024 * 1024

  has(id: string): boolean {
    return this.#contents.has(id)
  }

  get(id: string): Content | undefined {
    return this.#contents.get(id)
  }

  put(id: string, content: Content): void {
    if (!this.#contents.has(id)) this.#contents.set(id, content)
  }

  /** Keeps content that had to be read for its id anyway, as long as there is room; later it may not be wanted. */
  offer(id: string, bytes: Buffer): void {
    if (bytes.length > this.#room || this.#contents.has(id)) return
    this.#room -= bytes.length
    this.#contents.set(id, decodeContent(bytes))
  }

  /** The file at `path` whose blob is `id`; `load` gives the content where the store does not hold it yet. */
  read(path: string, id: string, load: () => Content): FileRead {
    const key = `${id} ${path}`
    const known = this.#reads.get(key)
    if (known !== undefined) return known
    let content = this.#contents.get(id)
    if (content === undefined) {
      content = load()
      this.#contents.set(id, content)
    }
    const read: FileRead = content.ok ? { ok: true, source: new SourceText(path, content.text) } : content
    this.#reads.set(key, read)
    return read
  }
}
