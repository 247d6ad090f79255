import { InputError } from '../base/problem.ts'
import type { ConfigOptions } from './config.ts'
import { compileGlob, type Glob, matchesAny } from './glob.ts'

/** What decides how a run judges and what it prints, with nothing left open. */
export type Options = { readonly [Key in keyof ConfigOptions]-?: NonNullable<ConfigOptions[Key]> }

/** The same keys as inputs of the action or the command line; undefined or absent where the caller does not say. */
export type OptionInputs = { readonly [Key in keyof ConfigOptions]?: ConfigOptions[Key] | undefined }

export const DEFAULT_OPTIONS: Options = {
  failOn: 'high',
  failOnUnknown: 'changed',
  paths: ['**'],
  pathsIgnore: [],
  comment: 'changes',
  commentKey: 'default',
  inlineComments: 10,
  suggestions: true,
  graph: true,
  summary: true,
}

/** An input wins over the file, the file over the default. */
export function effectiveOptions(inputs: OptionInputs, file: ConfigOptions): Options {
  const pick = <Key extends keyof Options>(key: Key): Options[Key] =>
    (inputs[key] ?? file[key] ?? DEFAULT_OPTIONS[key]) as Options[Key]
  return {
    failOn: pick('failOn'),
    failOnUnknown: pick('failOnUnknown'),
    paths: pick('paths'),
    pathsIgnore: pick('pathsIgnore'),
    comment: pick('comment'),
    commentKey: pick('commentKey'),
    inlineComments: pick('inlineComments'),
    suggestions: pick('suggestions'),
    graph: pick('graph'),
    summary: pick('summary'),
  }
}

/** Tells whether a file is to be read. Throws {@link InputError} for a pattern of an input that is none. */
export function toPathFilter({
  paths,
  pathsIgnore,
}: Pick<Options, 'paths' | 'pathsIgnore'>): (path: string) => boolean {
  const wanted = paths.map(compileInput)
  const ignored = pathsIgnore.map(compileInput)
  return (path) => matchesAny(wanted, path) && !matchesAny(ignored, path)
}

function compileInput(pattern: string): Glob {
  const glob = compileGlob(pattern)
  if ('error' in glob) throw new InputError(`${JSON.stringify(pattern)} is no pattern of paths: ${glob.error}`)
  return glob
}
