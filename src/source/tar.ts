import { InputError } from '../base/problem.ts'

/** One member of an archive. Hard links, devices and pipes never come from git and are refused. */
export interface TarMember {
  readonly path: string
  readonly kind: 'file' | 'symlink' | 'folder'
  /** Bytes of content. */
  readonly size: number
  /** Target of a symbolic link, else empty. */
  readonly link: string
}

/**
 * Reads a tar archive (ustar, with the pax headers that `git archive` writes and GNU's long names) piece by piece.
 *
 * `onMember` is called with each member and its content, in order; content is whole when it is called.
 * Source of the format: pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13
 */
export class TarReader {
  /** The `comment` of the global header. */
  comment: string | undefined
  readonly #name: string
  readonly #onMember: (member: TarMember, chunks: readonly Buffer[]) => void
  #header: Buffer = Buffer.alloc(0)
  #member: { readonly header: Header; readonly chunks: Buffer[] } | undefined
  /** Bytes of the member's content, then of its padding, that are still to come. */
  #content = 0
  #padding = 0
  #extended: ReadonlyMap<string, string> = new Map()
  #ended = false

  constructor(name: string, onMember: (member: TarMember, chunks: readonly Buffer[]) => void) {
    this.#name = name
    this.#onMember = onMember
  }

  write(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && !this.#ended) {
      if (this.#content > 0) {
        const part = chunk.subarray(at, at + this.#content)
        this.#member?.chunks.push(part)
        this.#content -= part.length
        at += part.length
        if (this.#content === 0) this.#finishMember()
      } else if (this.#padding > 0) {
        const skipped = Math.min(this.#padding, chunk.length - at)
        this.#padding -= skipped
        at += skipped
      } else {
        const part = chunk.subarray(at, at + BLOCK - this.#header.length)
        this.#header = this.#header.length === 0 ? part : Buffer.concat([this.#header, part])
        at += part.length
        if (this.#header.length === BLOCK) this.#startMember()
      }
    }
  }

  /** Says that nothing more comes. Throws {@link InputError} where something is missing. */
  end(): void {
    if (
      !this.#ended &&
      (this.#header.length > 0 || this.#content > 0 || this.#padding > 0 || this.#member !== undefined)
    ) {
      throw this.#broken('it ends in the middle of a file')
    }
  }

  #startMember(): void {
    const block = this.#header
    this.#header = Buffer.alloc(0)
    // Two blocks of zeros end an archive; the first is enough, what follows is padding.
    if (block.every((byte) => byte === 0)) {
      this.#ended = true
      return
    }
    const header = this.#readHeader(block)
    if (isExtension(header.type) && header.size > MAX_EXTENSION_BYTES) throw this.#broken('a header is too large')
    if (header.size > MAX_MEMBER_BYTES) throw this.#broken(`${header.path} has ${header.size} bytes`)
    this.#member = { header, chunks: [] }
    this.#content = header.size
    this.#padding = (BLOCK - (header.size % BLOCK)) % BLOCK
    if (header.size === 0) this.#finishMember()
  }

  #finishMember(): void {
    const { header, chunks } = this.#member!
    this.#member = undefined
    if (isExtension(header.type)) {
      this.#extend(header.type, Buffer.concat(chunks))
      return
    }
    const extended = this.#extended
    this.#extended = new Map()
    const path = extended.get('path') ?? header.path
    const link = extended.get('linkpath') ?? header.link
    const kind = KINDS.get(header.type)
    if (kind === undefined) throw this.#broken(`it holds a member of type ${JSON.stringify(header.type)}`)
    this.#onMember({ path, kind, size: header.size, link: kind === 'symlink' ? link : '' }, chunks)
  }

  /** Takes in a header that describes the member after it. */
  #extend(type: string, bytes: Buffer): void {
    switch (type) {
      case 'g':
        this.comment = parsePax(bytes).get('comment') ?? this.comment
        return
      case 'x':
        this.#extended = new Map([...this.#extended, ...parsePax(bytes)])
        return
      case 'L':
      case 'K':
        this.#extended = new Map([...this.#extended, [type === 'L' ? 'path' : 'linkpath', toText(bytes)]])
        return
    }
  }

  #readHeader(block: Buffer): Header {
    let sum = 0
    for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : block[i]!
    if (sum !== readOctal(block, 148, 8)) throw this.#broken('a header has a wrong checksum')
    const ownSize = readOctal(block, 124, 12)
    const type = String.fromCharCode(block[156]!)
    // A size of 8 GiB and more stands in the pax header; it then goes beyond every limit of ours anyway.
    const given = isExtension(type) ? undefined : this.#extended.get('size')
    const size = given === undefined ? ownSize : Number(given)
    if (!Number.isSafeInteger(size) || size < 0) throw this.#broken('a header has no size')
    const prefix = block.toString('latin1', 257, 262) === 'ustar' ? toText(block.subarray(345, 500)) : ''
    const name = toText(block.subarray(0, 100))
    return { path: prefix === '' ? name : `${prefix}/${name}`, type, size, link: toText(block.subarray(157, 257)) }
  }

  #broken(why: string): InputError {
    return new InputError(`${this.#name} is not a readable archive: ${why}`)
  }
}

const BLOCK = 512
/** Bytes; paths and link targets are far shorter. */
const MAX_EXTENSION_BYTES = 1024 * 1024
/** Bytes; GitHub takes no file larger than 100 MB. */
const MAX_MEMBER_BYTES = 128 * 1024 * 1024
const KINDS: ReadonlyMap<string, TarMember['kind']> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['2', 'symlink'],
  ['5', 'folder'],
])

interface Header {
  readonly path: string
  readonly type: string
  readonly size: number
  readonly link: string
}

function isExtension(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K'
}

/** Up to the first NUL. */
function toText(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end)
}

function readOctal(block: Buffer, start: number, length: number): number {
  const digits = block.toString('latin1', start, start + length).replace(/[\0 ]+/g, '')
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN
}

/** Records are `<length> <key>=<value>\n`, where the length counts the record itself. A broken one ends the list. */
function parsePax(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString('latin1', at, space))
    const equals = bytes.indexOf(0x3d, space)
    const end = at + length
    if (space === -1 || !Number.isSafeInteger(length) || end > bytes.length || equals === -1 || equals >= end) break
    records.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, end - 1))
    at = end
  }
  return records
}
