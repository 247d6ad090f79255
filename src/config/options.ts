import type { ConfigOptions } from './config.ts'

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
