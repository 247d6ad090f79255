import { type PatternNode, parsePattern } from './regular-expression-syntax.ts'

/** Instructions of one pattern: counted repetitions multiply them. */
const MAX_PROGRAM = 20_000

type Instruction =
  | { readonly op: 'character'; readonly matches: (point: number) => boolean }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly op: 'match' }

/** Offsets of the match and of each group, two by two; −1 for a group that took no part. */
export type Match = readonly number[]

/**
 * A regular expression in RE2's syntax, which is Go's. It runs all alternatives side by side, so its time is the length of the
 * text times the size of the pattern whatever these are.
 * Source: github.com/google/re2/wiki/Syntax
 */
export class RegularExpression {
  /** Of the groups, the first one's at index 1; undefined for those without a name. */
  readonly groupNames: readonly (string | undefined)[]
  readonly #program: readonly Instruction[]
  readonly #slots: number

  /** Throws a `Failure` for what is no pattern of RE2. */
  constructor(pattern: string) {
    const { root, groupNames } = parsePattern(pattern)
    this.groupNames = groupNames
    const program: Instruction[] = [{ op: 'save', slot: 0 }]
    compile(root, program)
    program.push({ op: 'save', slot: 1 }, { op: 'match' })
    this.#program = program
    this.#slots = groupNames.length * 2
  }

  /** The leftmost match at or behind `from`, of those the one that a backtracking matcher finds first. `spend` counts steps. */
  find(text: string, from: number, spend: (steps: number) => void): Match | undefined {
    const program = this.#program
    const marks = new Uint32Array(program.length)
    let generation = 0
    let threads: Thread[] = []
    let found: Match | undefined
    const add = (into: Thread[], start: number, at: number, captures: readonly number[]) => {
      const stack: [number, readonly number[]][] = [[start, captures]]
      for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
        const [pc, slots] = top
        if (marks[pc] === generation) continue
        marks[pc] = generation
        const instruction = program[pc]!
        switch (instruction.op) {
          case 'jump':
            stack.push([instruction.to, slots])
            break
          case 'split':
            stack.push([instruction.second, slots], [instruction.first, slots])
            break
          case 'save': {
            const saved = slots.slice()
            saved[instruction.slot] = at
            stack.push([pc + 1, saved])
            break
          }
          case 'assert':
            if (instruction.holds(text, at)) stack.push([pc + 1, slots])
            break
          default:
            into.push({ pc, slots })
        }
      }
    }
    const none = new Array<number>(this.#slots).fill(-1)
    generation++
    for (let at = from; ; ) {
      // Threads of this position are in `threads`, marked in the current generation; a new start has the lowest rank.
      if (found === undefined) add(threads, 0, at, none)
      if (threads.length === 0 && found !== undefined) return found
      spend(1 + (threads.length >> 2))
      const point = at < text.length ? text.codePointAt(at)! : -1
      const width = point > 0xffff ? 2 : 1
      const next: Thread[] = []
      generation++
      for (const thread of threads) {
        const instruction = program[thread.pc]!
        if (instruction.op === 'match') {
          found = thread.slots
          break
        }
        if (instruction.op === 'character' && point >= 0 && instruction.matches(point)) {
          add(next, thread.pc + 1, at + width, thread.slots)
        }
      }
      if (point < 0) return found
      threads = next
      at += width
    }
  }

  /** All matches that do not overlap, as Go's `FindAll` gives them: none that is empty directly behind another. */
  *findAll(text: string, spend: (steps: number) => void): Generator<Match> {
    let from = 0
    let lastEnd = -1
    while (from <= text.length) {
      const match = this.find(text, from, spend)
      if (match === undefined) return
      const [start, end] = match as [number, number]
      if (end > start || end !== lastEnd) {
        yield match
        lastEnd = end
      }
      from = end > from ? end : from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1)
      if (end > start && end > from) from = end
    }
  }
}

interface Thread {
  readonly pc: number
  readonly slots: readonly number[]
}

function compile(node: PatternNode, program: Instruction[]): void {
  if (program.length > MAX_PROGRAM) throw new RangeError('the pattern is too large')
  switch (node.kind) {
    case 'character':
      program.push({ op: 'character', matches: node.matches })
      return
    case 'assert':
      program.push({ op: 'assert', holds: node.holds })
      return
    case 'group':
      if (node.index !== undefined) program.push({ op: 'save', slot: node.index * 2 })
      compile(node.inner, program)
      if (node.index !== undefined) program.push({ op: 'save', slot: node.index * 2 + 1 })
      return
    case 'sequence':
      for (const item of node.items) compile(item, program)
      return
    case 'alternatives': {
      const ends: { op: 'jump'; to: number }[] = []
      for (const item of node.items.slice(0, -1)) {
        const split = { op: 'split' as const, first: program.length + 1, second: 0 }
        program.push(split)
        compile(item, program)
        const end = { op: 'jump' as const, to: 0 }
        ends.push(end)
        program.push(end)
        split.second = program.length
      }
      compile(node.items.at(-1)!, program)
      for (const end of ends) end.to = program.length
      return
    }
    case 'repeat':
      compileRepeat(node, program)
  }
}

function compileRepeat(node: Extract<PatternNode, { kind: 'repeat' }>, program: Instruction[]): void {
  for (let i = 0; i < node.least; i++) compile(node.inner, program)
  if (node.most === undefined) {
    const split = { op: 'split' as const, first: 0, second: 0 }
    const start = program.length
    program.push(split)
    compile(node.inner, program)
    program.push({ op: 'jump', to: start })
    setBranches(split, start + 1, program.length, node.lazy)
    return
  }
  const splits: { op: 'split'; first: number; second: number; at: number }[] = []
  for (let i = node.least; i < node.most; i++) {
    const split = { op: 'split' as const, first: 0, second: 0, at: program.length + 1 }
    splits.push(split)
    program.push(split)
    compile(node.inner, program)
  }
  for (const split of splits) setBranches(split, split.at, program.length, node.lazy)
}

/** A greedy repetition prefers to go on, a lazy one to leave. */
function setBranches(split: { first: number; second: number }, on: number, out: number, lazy: boolean): void {
  split.first = lazy ? out : on
  split.second = lazy ? on : out
}
