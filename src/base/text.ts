/**
 * One version of one file, and the positions in it.
 *
 * Offsets are 0-based UTF-16 units with exclusive ends; lines and columns are 1-based and for people.
 */
export class SourceText {
  /** POSIX path inside the tree. */
  readonly path: string
  /** The file as it stands, byte-order mark and line ends included, so that an edit can be spliced into it. */
  readonly text: string
  #lineStarts: readonly number[] | undefined

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Line and column of an offset. O(log lines) after the first call, which costs one pass over the text. */
  position(offset: number): Position {
    const starts = this.#starts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }

  /** Offset of the first character of a 1-based line; the length of the text for lines past its end. */
  lineStart(line: number): number {
    return this.#starts()[line - 1] ?? this.text.length
  }

  get lineCount(): number {
    return this.#starts().length
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= findLineStarts(this.text)
    return this.#lineStarts
  }
}

/** 1-based, for people. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** LF, CRLF and a lone CR each end a line, as in YAML 1.2 §5.4. */
function findLineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x0a || (unit === 0x0d && text.charCodeAt(i + 1) !== 0x0a)) starts.push(i + 1)
  }
  return starts
}
