/**
 * A set of domain names: exact names, wildcard patterns, and everything that union, intersection and difference make of them.
 *
 * Kept as the minimal automaton that reads a name from its end, numbered breadth first from state 0, so that equal sets are equal
 * values. Reading backwards makes `*.example.com` a subtree and keeps lists of names small. Names are lower case and without final dot.
 */
export interface NameSet {
  readonly states: readonly NameState[]
  /** Set where the set was made of one name: questions about it then only read that name. */
  readonly only?: string
}

/** One state of the automaton of a {@link NameSet}. */
export interface NameState {
  /** The name may start here: what has been read is in the set. */
  readonly accept: boolean
  /** Where every character leads that `next` does not list. */
  readonly rest: number
  /** By character code, ascending; only those that lead elsewhere than `rest`. */
  readonly next: ReadonlyMap<number, number>
}

/** The empty set and the set of every name, each one object. */
export const NO_NAMES: NameSet = { states: [{ accept: false, rest: 0, next: new Map() }] }
export const ALL_NAMES: NameSet = { states: [{ accept: true, rest: 0, next: new Map() }] }

/**
 * How `*` is read.
 *
 * - `any`: any characters, dots included, none included: `*.x` has subdomains of every depth, `*x` also `x` and `ax`. Azure Firewall.
 * - `label`: characters of one label, none included: Cilium's `matchPattern`.
 */
export type Wildcard = 'any' | 'label'

/** States of an automaton before it is minimal; far above what lists of names need. */
const MOST_STATES = 200_000

/** A character code, or a wildcard. Tokens stand in reading order, last character first. */
export type Token = number | Wildcard

const DOT = '.'.charCodeAt(0)

/** The set of the names that any of the patterns matches; undefined where its automaton would be too large. */
export function determinize(patterns: readonly (readonly Token[])[]): NameSet | undefined {
  const isPlain = patterns.every((tokens) =>
    tokens.every((token, i) => typeof token === 'number' || (token === 'any' && i === tokens.length - 1)),
  )
  const states = isPlain ? toTree(patterns) : toSubsets(patterns)
  return states && minimal(states)
}

/** Names, and patterns with nothing but a leading wildcard, as the tree of their endings: what nearly all lists of names are. */
function toTree(patterns: readonly (readonly Token[])[]): readonly NameState[] | undefined {
  interface Node {
    accept: boolean
    rest: number
    next: Map<number, number>
  }
  const NOTHING = 1
  const node = (): Node => ({ accept: false, rest: NOTHING, next: new Map() })
  const nodes: Node[] = [node(), node()]
  for (const tokens of patterns) {
    let at = 0
    for (const token of tokens) {
      const { rest, next } = nodes[at]!
      // Every name that ends so is in the set already.
      if (rest === at) break
      if (typeof token === 'string') {
        nodes[at] = { accept: true, rest: at, next: new Map() }
        break
      }
      let child = next.get(token)
      if (child === undefined) {
        child = nodes.push(node()) - 1
        if (child >= MOST_STATES) return undefined
        next.set(token, child)
      }
      at = child
    }
    nodes[at]!.accept = true
  }
  return nodes
}

/** Subset construction over positions in patterns; a position behind a wildcard stays where it is on what the wildcard takes. */
function toSubsets(patterns: readonly (readonly Token[])[]): readonly NameState[] | undefined {
  // A position is pattern and offset in one number.
  const stride = patterns.reduce((longest, tokens) => Math.max(longest, tokens.length), 0) + 1
  const tokenAt = (position: number) => patterns[Math.floor(position / stride)]![position % stride]
  const isEnd = (position: number) => position % stride === patterns[Math.floor(position / stride)]!.length

  /** Wildcards may take nothing, so the position behind one is reached with it. */
  const close = (positions: readonly number[]): number[] => {
    const all = new Set<number>()
    for (const start of positions) {
      let position = start
      all.add(position)
      while (typeof tokenAt(position) === 'string') all.add(++position)
    }
    return [...all].sort((a, b) => a - b)
  }
  /** Everything that follows is in the set. */
  const isUniversal = (positions: readonly number[]) =>
    positions.some((position) => tokenAt(position) === 'any' && isEnd(position + 1))

  const numbers = new Map<string, number>()
  const sets: number[][] = []
  const number = (positions: number[]): number => {
    const key = isUniversal(positions) ? 'all' : positions.join(',')
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, sets.length)
    sets.push(positions)
    return sets.length - 1
  }

  const states: NameState[] = []
  number(close(patterns.map((_, pattern) => pattern * stride)))
  for (let at = 0; at < sets.length; at++) {
    if (sets.length > MOST_STATES) return undefined
    const positions = sets[at]!
    if (isUniversal(positions)) {
      states.push({ accept: true, rest: at, next: new Map() })
      continue
    }
    const stay = positions.filter((position) => typeof tokenAt(position) === 'string')
    const byCharacter = new Map<number, number[]>()
    for (const position of positions) {
      const token = tokenAt(position)
      if (typeof token !== 'number') continue
      const moved = byCharacter.get(token)
      if (moved === undefined) byCharacter.set(token, [position + 1])
      else moved.push(position + 1)
    }
    if (stay.some((position) => tokenAt(position) === 'label') && !byCharacter.has(DOT)) byCharacter.set(DOT, [])
    const next = new Map<number, number>()
    for (const [character, moved] of byCharacter) {
      const held = character === DOT ? stay.filter((position) => tokenAt(position) === 'any') : stay
      next.set(character, number(close([...held, ...moved])))
    }
    states.push({ accept: positions.some(isEnd), rest: number(close(stay)), next })
  }
  return states
}

/** The names of which an operation on being in `a` and being in `b` is true. O(states of both multiplied), and few of them are met. */
export function combine(a: NameSet, b: NameSet, operation: (a: boolean, b: boolean) => boolean): NameSet {
  const numbers = new Map<number, number>()
  const pairs: (readonly [number, number])[] = []
  const number = (x: number, y: number): number => {
    const key = x * b.states.length + y
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, pairs.length)
    pairs.push([x, y])
    return pairs.length - 1
  }
  const states: NameState[] = []
  number(0, 0)
  for (let at = 0; at < pairs.length; at++) {
    const [x, y] = pairs[at]!
    const [p, q] = [a.states[x]!, b.states[y]!]
    const next = new Map<number, number>()
    for (const [character, to] of p.next) next.set(character, number(to, q.next.get(character) ?? q.rest))
    for (const [character, to] of q.next) if (!p.next.has(character)) next.set(character, number(p.rest, to))
    states.push({ accept: operation(p.accept, q.accept), rest: number(p.rest, q.rest), next })
  }
  return minimal(states)
}

/** Minimal automata numbered alike are equal where their sets are. */
export function equal(a: NameSet, b: NameSet): boolean {
  if (a === b) return true
  if (a.states.length !== b.states.length) return false
  return a.states.every((state, index) => {
    const other = b.states[index]!
    if (state.accept !== other.accept || state.rest !== other.rest || state.next.size !== other.next.size) return false
    for (const [character, to] of state.next) if (other.next.get(character) !== to) return false
    return true
  })
}

/** The minimal automaton of the same set, in canonical numbers. */
function minimal(states: readonly NameState[]): NameSet {
  const unsettled = new Int32Array(states.length).fill(OPEN)
  const classes = mergeAcyclic(states, unsettled) ?? mergeAcyclic(states, settle(states)) ?? mergeByRefinement(states)
  return renumber(states, classes)
}

/** No class yet. */
const OPEN = -1
/** Stands in a signature for the state itself. */
const SELF = -1
/** Classes of the states from which no name, and every name, is in the set. */
const NONE = 0
const ALL = 1

/** Gives states their class from which no name is in the set, or every name: most cycles that operations make are among these. */
function settle(states: readonly NameState[]): Int32Array {
  const sources: number[][] = states.map(() => [])
  for (const [at, { rest, next }] of states.entries()) {
    sources[rest]!.push(at)
    for (const to of next.values()) sources[to]!.push(at)
  }
  const leadingTo = (accept: boolean): Uint8Array => {
    const found = new Uint8Array(states.length)
    const stack: number[] = []
    const add = (at: number) => {
      if (found[at] === 1) return
      found[at] = 1
      stack.push(at)
    }
    for (const [at, state] of states.entries()) if (state.accept === accept) add(at)
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) for (const source of sources[at]!) add(source)
    return found
  }
  const [mayAccept, mayRefuse] = [leadingTo(true), leadingTo(false)]
  return Int32Array.from(states, (_, at) => (mayAccept[at] === 0 ? NONE : mayRefuse[at] === 0 ? ALL : OPEN))
}

/**
 * Classes of equal states where the only cycles are states that lead to themselves: one pass from the ends. Undefined where there are
 * other cycles, which only wildcards inside a name make. `classes`: those that are known already; it is filled.
 */
function mergeAcyclic(states: readonly NameState[], classes: Int32Array): Int32Array | undefined {
  const bySignature = new Map<string, number>()
  /** Classes whose states lead to themselves and elsewhere too. */
  const looping = new Set<number>()
  let count = ALL + 1
  const entered = new Uint8Array(states.length)
  const stack = [0]
  while (stack.length > 0) {
    const at = stack.at(-1)!
    if (classes[at] !== OPEN) {
      stack.pop()
      continue
    }
    const { accept, rest, next } = states[at]!
    const height = stack.length
    const open = (to: number): void => {
      if (to !== at && classes[to] === OPEN) stack.push(to)
    }
    open(rest)
    for (const to of next.values()) open(to)
    if (stack.length > height) {
      // What is still open after its targets were met, or leads back to what is being entered, is in a cycle.
      if (entered[at] === 1) return undefined
      entered[at] = 1
      for (let i = height; i < stack.length; i++) if (entered[stack[i]!] === 1) return undefined
      continue
    }
    stack.pop()
    const base = rest === at ? SELF : classes[rest]!
    const steps: (readonly [number, number])[] = []
    for (const [character, to] of next) {
      const leads = to === at ? SELF : classes[to]!
      if (leads !== base) steps.push([character, leads])
    }
    const plain = accept ? ALL : NONE
    const isPlain = (to: number): boolean => to === SELF || to === plain
    if (isPlain(base) && steps.every(([, to]) => isPlain(to))) {
      classes[at] = plain
      continue
    }
    sortSteps(steps)
    const signature = signatureOf(accept, base, steps)
    let id = bySignature.get(signature) ?? sameAsTarget(accept, base, steps, bySignature, looping)
    if (id === undefined) {
      id = count++
      bySignature.set(signature, id)
      if (base === SELF || steps.some(([, to]) => to === SELF)) looping.add(id)
    }
    classes[at] = id
  }
  return classes
}

/** By character; most states have one step, or have them in order. */
function sortSteps(steps: (readonly [number, number])[]): void {
  for (let i = 1; i < steps.length; i++) {
    if (steps[i - 1]![0] <= steps[i]![0]) continue
    steps.sort(([c], [d]) => c - d)
    return
  }
}

function signatureOf(accept: boolean, base: number, steps: readonly (readonly [number, number])[]): string {
  let signature = `${accept ? '+' : '-'}${base}`
  for (const [character, to] of steps) signature += `;${character},${to}`
  return signature
}

/** A state is also equal to a looping state it leads to when its signature is that state's with the self reference written out. */
function sameAsTarget(
  accept: boolean,
  base: number,
  steps: readonly (readonly [number, number])[],
  bySignature: ReadonlyMap<string, number>,
  looping: ReadonlySet<number>,
): number | undefined {
  if (looping.size === 0) return undefined
  for (const target of new Set([base, ...steps.map(([, to]) => to)])) {
    if (!looping.has(target)) continue
    const fold = (to: number) => (to === target ? SELF : to)
    const folded = steps.map(([character, to]) => [character, fold(to)] as const)
    const left = folded.filter(([, to]) => to !== fold(base))
    if (bySignature.get(signatureOf(accept, fold(base), left)) === target) return target
  }
  return undefined
}

/** Classes of equal states by splitting until nothing splits. */
function mergeByRefinement(states: readonly NameState[]): Int32Array {
  let classes = Int32Array.from(states, ({ accept }) => (accept ? 1 : 0))
  let count = 0
  for (;;) {
    const bySignature = new Map<string, number>()
    const split = Int32Array.from(states, ({ rest, next }, at) => {
      const base = classes[rest]!
      const steps = [...next].filter(([, to]) => classes[to] !== base).sort(([c], [d]) => c - d)
      const signature = `${classes[at]}|${base}:${steps.map(([character, to]) => `${character}>${classes[to]}`).join(',')}`
      const id = bySignature.get(signature) ?? bySignature.size
      bySignature.set(signature, id)
      return id
    })
    if (bySignature.size === count) return split
    count = bySignature.size
    classes = split
  }
}

/** One state per class, numbered breadth first: `rest` before characters, characters ascending. */
function renumber(states: readonly NameState[], classes: Int32Array): NameSet {
  const representative = new Map<number, NameState>()
  for (const [at, state] of states.entries()) {
    const own = classes[at]!
    if (own >= 0 && !representative.has(own)) representative.set(own, state)
  }
  const numbers = new Map<number, number>([[classes[0]!, 0]])
  const order = [classes[0]!]
  const number = (own: number): number => {
    const known = numbers.get(own)
    if (known !== undefined) return known
    numbers.set(own, order.length)
    order.push(own)
    return order.length - 1
  }
  const result: NameState[] = []
  for (let at = 0; at < order.length; at++) {
    const { accept, rest, next } = representative.get(order[at]!)!
    const base = classes[rest]!
    const steps: (readonly [number, number])[] = []
    for (const [character, to] of next) if (classes[to] !== base) steps.push([character, classes[to]!])
    sortSteps(steps)
    const restNumber = number(base)
    result.push({ accept, rest: restNumber, next: new Map(steps.map(([character, to]) => [character, number(to)])) })
  }
  if (result.length === 1) return result[0]!.accept ? ALL_NAMES : NO_NAMES
  return { states: result }
}
