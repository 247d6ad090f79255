import { readFileSync } from 'node:fs'
import { InputError, type Problem, problemPlace } from '../base/problem.ts'
import { SourceText } from '../base/text.ts'
import { type Config, EMPTY_CONFIG, parseConfig } from './config.ts'

/** What of a tree the loader needs; any `Tree` of `source/` has it. */
export interface ConfigTree {
  readonly name: string
  read(
    path: string,
  ):
    | { readonly ok: true; readonly source: SourceText }
    | { readonly ok: false; readonly reason: string; readonly message: string }
}

/** Where a tree holds its configuration, unless the caller names another place. */
export const CONFIG_PATHS = ['.github/ringfence.yml', '.github/ringfence.yaml'] as const

export interface LoadOptions {
  /** In the tree, instead of {@link CONFIG_PATHS}. It must exist. */
  readonly path?: string
  /** Ids of the catalogue, so that an unknown one is noticed. */
  readonly rules?: ReadonlySet<string>
}

/**
 * The configuration of a tree. On a pull request that is the base, so that a change cannot wave itself through.
 *
 * Throws {@link InputError} with file and line for a broken file, and where one is there and cannot be read.
 */
export function loadConfig(tree: ConfigTree, options: LoadOptions = {}): Config {
  const { config, problems } = readConfig(tree, options)
  failOn(problems)
  return config
}

/**
 * The configuration that a change is judged by: that of its base. Where that one is broken and the head's is sound, the change mends
 * it: the defaults serve then, and `note` says so.
 *
 * Throws {@link InputError} where both are broken, with the head's file and line, since that is what the author can edit.
 */
export function loadReviewConfig(
  base: ConfigTree,
  head: ConfigTree,
  options: LoadOptions = {},
): { readonly config: Config; readonly note?: string } {
  const { config, problems } = readConfig(base, options)
  const [first] = problems
  if (first === undefined) return { config }
  failOn(readConfig(head, options).problems)
  const { file, line } = problemPlace(first)
  const place = line === undefined ? file : `${file}:${line}`
  const note = `The configuration of the base is broken (${place}: ${first.message}). This change mends it and was judged by the defaults.`
  return { config: EMPTY_CONFIG, note }
}

/** As {@link loadConfig}, with what is wrong as values: for the head, whose file is not in force yet. */
export function readConfig(
  tree: ConfigTree,
  options: LoadOptions = {},
): { readonly config: Config; readonly problems: readonly Problem[] } {
  const found = (options.path === undefined ? CONFIG_PATHS : [options.path]).filter((path) => {
    const read = tree.read(path)
    return read.ok || read.reason !== 'absent'
  })
  const [path, second] = found
  if (path === undefined) {
    if (options.path === undefined) return { config: EMPTY_CONFIG, problems: [] }
    return refuse(options.path, `${tree.name} holds no configuration ${options.path}`)
  }
  if (second !== undefined) return refuse(second, `there are two configurations, ${path} and ${second}; remove one`)
  const read = tree.read(path)
  if (!read.ok) return refuse(path, `the configuration cannot be read: ${read.message}`)
  return parseConfig(read.source, options.rules)
}

/** A configuration of the disk, outside of any tree: `--config FILE`. Throws {@link InputError} as {@link loadConfig} does. */
export function loadConfigFile(file: string, rules?: ReadonlySet<string>): Config {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new InputError(`the configuration cannot be read: ${code === 'ENOENT' ? 'there is no such file' : message}`, {
      file,
    })
  }
  const { config, problems } = parseConfig(new SourceText(file, text), rules)
  failOn(problems)
  return config
}

function refuse(file: string, message: string): { readonly config: Config; readonly problems: readonly Problem[] } {
  return { config: EMPTY_CONFIG, problems: [{ code: 'rejected', message, at: { file } }] }
}

/** Problems that are listed in one error. */
const MOST_LISTED = 10

function failOn(problems: readonly Problem[]): void {
  const [first, ...rest] = problems
  if (first === undefined) return
  const more = rest.slice(0, MOST_LISTED - 1).map((problem) => {
    const { file, line } = problemPlace(problem)
    return `\n${file}${line === undefined ? '' : `:${line}`}: ${problem.message}`
  })
  const left = rest.length - more.length
  throw new InputError([first.message, ...more, left > 0 ? `\nand ${left} more` : ''].join(''), problemPlace(first))
}
