import { get, itemsOf, type ListValue, stringOf, type Value } from '../../base/value.ts'

/** What a container runs, as far as its `command` and `args` say. */
export interface Program {
  /** Last part of the path of each word before the first flag: `kube-apiserver`; more than one behind a launcher. */
  readonly names: readonly string[]
  /** Flags by name without dashes; the last of equal ones holds, as in every program of Kubernetes. */
  readonly flags: ReadonlyMap<string, Flag>
  /** False where a word is not known: a flag that is not among the others may be there all the same. */
  readonly isWhole: boolean
  /** The list that holds the last word, for an edit that adds one. */
  readonly words: ListValue | undefined
}

export interface Flag {
  /** Empty for a flag without value. */
  readonly value: string
  /** The word of the flag, which holds the value too where {@link isOneWord}. */
  readonly word: Value
  readonly isOneWord: boolean
}

/** Reads `command` and `args` of a container. A flag is `--name=value`, `--name value` or `--name`. */
export function readProgram(container: Value): Program {
  const lists = [get(container, 'command'), get(container, 'args')]
  const words = lists.flatMap((list) => itemsOf(list))
  const names: string[] = []
  const flags = new Map<string, Flag>()
  for (const [index, word] of words.entries()) {
    const text = stringOf(word) ?? ''
    const flag = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(text)
    if (flag === null) {
      if (flags.size === 0 && text !== '') names.push(text.slice(text.lastIndexOf('/') + 1))
      continue
    }
    const next = stringOf(words[index + 1])
    const value = flag[2] ?? (next === undefined || next.startsWith('-') ? '' : next)
    flags.set(flag[1]!, { value, word, isOneWord: flag[2] !== undefined })
  }
  const isKnown = (value: Value | undefined) =>
    value === undefined || value.kind === 'list' || (value.kind === 'scalar' && value.value === null)
  return {
    names,
    flags,
    isWhole: lists.every(isKnown) && words.every(({ kind }) => kind === 'scalar'),
    words: lists.findLast((list): list is ListValue => list?.kind === 'list' && list.items.length > 0),
  }
}

/** The name of an image without registry, tag and digest: `kube-apiserver` of `registry.k8s.io/kube-apiserver:v1.30.1`. */
export function imageName(image: string): string {
  const path = imagePath(image)
  return path.slice(path.lastIndexOf('/') + 1)
}

/** An image without tag and digest: `docker.io/kubernetesui/dashboard`. */
export function imagePath(image: string): string {
  const [path = ''] = image.split('@')
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1)
  return colon < 0 ? path : path.slice(0, colon)
}

/** True for an address that only the machine itself reaches. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}
