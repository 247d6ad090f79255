import { parseArgs } from 'node:util'
import { InputError } from './base/problem.ts'
import { SEVERITIES, type Severity } from './rules/finding.ts'

/** One call of the command line, read and checked. */
export interface Call {
  readonly command: CommandName
  /** Trees, or the rule's id. */
  readonly operands: readonly string[]
  readonly format: Format
  readonly options: CallOptions
}

export interface CallOptions {
  readonly base?: string
  readonly head?: string
  readonly repo?: string
  readonly config?: string
  readonly output?: string
  readonly failOn?: Severity | 'none'
  readonly from?: string
  readonly to?: string
  readonly port?: number
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP' | 'ICMP'
  readonly queries?: string
  readonly exposure: boolean
  readonly unit?: string
  readonly values: readonly string[]
  readonly varFiles: readonly string[]
  readonly parameters: readonly string[]
  readonly release?: string
  readonly namespace?: string
  readonly kubeVersion?: string
  /** ISO date that suppressions are judged by; today where absent. */
  readonly today?: string
  /** The flags of np-guard's analyser, for `--format np-guard`. */
  readonly npGuard: NpGuardOptions
}

export interface NpGuardOptions {
  readonly focusWorkloads: readonly string[]
  readonly focusPeers: readonly string[]
  readonly focusDirection?: 'ingress' | 'egress'
  /** `tcp-80`. */
  readonly focusConnection?: string
  readonly multipleNetworks: boolean
  readonly source?: NpGuardEnd
  readonly destination?: NpGuardEnd
}

/** One end of an `eval` question in np-guard's flags. */
export type NpGuardEnd = { readonly ip: string } | { readonly pod: string; readonly namespace: string }

export const FORMATS = ['text', 'markdown', 'json', 'sarif', 'html', 'dot', 'mermaid', 'np-guard'] as const
export type Format = (typeof FORMATS)[number]

interface Command {
  readonly usage: string
  readonly about: string
  /** Least and most operands. */
  readonly operands: readonly [number, number]
  readonly formats: readonly Format[]
  /** Those that only some commands take. */
  readonly options: readonly OptionName[]
}

export type CommandName = 'review' | 'audit' | 'list' | 'diff' | 'explain' | 'eval' | 'resources' | 'rules'

const REPORTS = ['text', 'markdown', 'json', 'sarif', 'html', 'dot', 'mermaid'] as const

/** What commands take that judge a tree. */
const JUDGED = ['repo', 'config', 'fail-on', 'today'] as const
/** The flags of np-guard's analyser. */
const NP_GUARD = [
  'focusworkload',
  'focusworkload-peer',
  'focus-direction',
  'focus-conn',
  'multiple-networks',
  'source-pod',
  'source-namespace',
  'source-ip',
  'destination-pod',
  'destination-namespace',
  'destination-ip',
  'destination-port',
] as const

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  review: {
    usage: 'review --base TREE --head TREE [--repo DIR]',
    about: 'what a pull request changes',
    operands: [0, 0],
    formats: REPORTS,
    options: ['base', 'head', ...JUDGED],
  },
  audit: {
    usage: 'audit TREE [--repo DIR]',
    about: 'every finding of one state',
    operands: [1, 1],
    formats: ['text', 'markdown', 'json', 'sarif', 'html'],
    options: JUDGED,
  },
  list: {
    usage: 'list TREE [--exposure]',
    about: 'every allowed connection',
    operands: [1, 1],
    formats: ['text', 'json', 'dot', 'mermaid', 'np-guard'],
    options: ['repo', 'exposure', ...NP_GUARD],
  },
  diff: {
    usage: 'diff TREE TREE',
    about: 'only the connectivity that changed',
    operands: [2, 2],
    formats: ['text', 'json', 'dot', 'mermaid', 'np-guard'],
    options: ['repo', ...NP_GUARD],
  },
  explain: {
    usage: 'explain TREE --from PEER --to PEER [--port P]',
    about: "each layer's verdict on the way",
    operands: [1, 1],
    formats: ['text', 'json'],
    options: ['repo', 'from', 'to', 'port', 'protocol'],
  },
  eval: {
    usage: 'eval TREE --from PEER --to PEER --port P | --queries FILE',
    about: 'allowed (exit 0) or denied (exit 1)',
    operands: [1, 1],
    formats: ['text', 'json', 'np-guard'],
    options: ['repo', 'from', 'to', 'port', 'protocol', 'queries', ...NP_GUARD],
  },
  resources: {
    usage: 'resources TREE [--unit PATH]',
    about: 'every resource that was understood, with its evaluated values',
    operands: [1, 1],
    formats: ['text', 'json'],
    options: ['repo', 'unit', 'var-file', 'parameters', 'values', 'release', 'namespace', 'kube-version'],
  },
  rules: {
    usage: 'rules [ID]',
    about: 'the catalogue, or one rule',
    operands: [0, 1],
    formats: ['text', 'json'],
    options: [],
  },
}

const STRING = { type: 'string' } as const
const STRINGS = { type: 'string', multiple: true } as const
const FLAG = { type: 'boolean' } as const
const OPTIONS = {
  base: STRING,
  head: STRING,
  repo: STRING,
  config: STRING,
  output: STRING,
  format: STRING,
  'fail-on': STRING,
  from: STRING,
  to: STRING,
  port: STRING,
  protocol: STRING,
  queries: STRING,
  exposure: FLAG,
  unit: STRING,
  values: STRINGS,
  'var-file': STRINGS,
  parameters: STRINGS,
  release: STRING,
  namespace: STRING,
  'kube-version': STRING,
  today: STRING,
  focusworkload: STRING,
  'focusworkload-peer': STRING,
  'focus-direction': STRING,
  'focus-conn': STRING,
  'multiple-networks': FLAG,
  'source-pod': STRING,
  'source-namespace': STRING,
  'source-ip': STRING,
  'destination-pod': STRING,
  'destination-namespace': STRING,
  'destination-ip': STRING,
  'destination-port': STRING,
} as const
export type OptionName = keyof typeof OPTIONS

/** Reads the arguments after the program's name. `terminal` decides the default format. Throws {@link InputError}. */
export function readCall(argv: readonly string[], terminal: boolean): Call {
  const name = argv[0]
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    const what = name === undefined ? 'no command given' : `no command ${JSON.stringify(name)}`
    throw new InputError(`${what}; there are ${Object.keys(COMMANDS).join(', ')}. See ringfence --help.`)
  }
  const command = name as CommandName
  const { usage: line, operands, formats, options } = COMMANDS[command]
  const wrong = (what: string) => new InputError(`${what}\nusage: ringfence ${line}\nSee ringfence ${command} --help.`)
  const { values, positionals } = parse(argv.slice(1), wrong)
  const other = Object.keys(values).find(
    (key) => key !== 'format' && key !== 'output' && !options.includes(key as OptionName),
  )
  if (other !== undefined) throw wrong(`${command} takes no --${other}`)
  if (positionals.length < operands[0])
    throw wrong(`${command} needs ${operands[0] === 1 ? 'a tree' : `${operands[0]} trees`}`)
  if (positionals.length > operands[1])
    throw wrong(`${JSON.stringify(positionals[operands[1]])} is one argument too many`)
  if (command === 'review' && (values.base === undefined || values.head === undefined))
    throw wrong(`--${values.base === undefined ? 'base' : 'head'} is missing`)
  const format = oneOf('format', values.format, formats) ?? (terminal || command !== 'resources' ? 'text' : 'json')
  const source = npGuardEnd(values['source-ip'], values['source-pod'], values['source-namespace'])
  const destination = npGuardEnd(values['destination-ip'], values['destination-pod'], values['destination-namespace'])
  const direction = oneOf('focus-direction', values['focus-direction'], ['ingress', 'egress'] as const)
  const failOn = oneOf('fail-on', values['fail-on'], [...SEVERITIES, 'none'] as const)
  const port = portNumber(values.port ?? values['destination-port'])
  const protocol = oneOf('protocol', values.protocol?.toUpperCase(), ['TCP', 'UDP', 'SCTP', 'ICMP'] as const)
  return {
    command,
    operands: positionals,
    format,
    options: {
      ...given('base', values.base),
      ...given('head', values.head),
      ...given('repo', values.repo),
      ...given('config', values.config),
      ...given('output', values.output),
      ...given('failOn', failOn),
      ...given('from', values.from),
      ...given('to', values.to),
      ...given('port', port),
      ...given('protocol', protocol),
      ...given('queries', values.queries),
      exposure: values.exposure ?? false,
      ...given('unit', values.unit),
      values: values.values ?? [],
      varFiles: values['var-file'] ?? [],
      parameters: values.parameters ?? [],
      ...given('release', values.release),
      ...given('namespace', values.namespace),
      ...given('kubeVersion', values['kube-version']),
      ...given('today', values.today),
      npGuard: {
        focusWorkloads: commaList(values.focusworkload),
        focusPeers: commaList(values['focusworkload-peer']),
        ...given('focusDirection', direction),
        ...given('focusConnection', values['focus-conn']),
        multipleNetworks: values['multiple-networks'] ?? false,
        ...given('source', source),
        ...given('destination', destination),
      },
    },
  }
}

function parse(args: readonly string[], wrong: (what: string) => InputError) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw wrong(error instanceof Error ? error.message.split('. ')[0]! : String(error))
  }
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}

function oneOf<T extends string>(option: string, value: string | undefined, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined
  const choice = choices.find((known) => known === value)
  if (choice === undefined)
    throw new InputError(`--${option} takes ${choices.join(', ')}, not ${JSON.stringify(value)}`)
  return choice
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535)
    throw new InputError(`--port takes a number from 1 to 65535, not ${JSON.stringify(text)}`)
  return port
}

function commaList(text: string | undefined): readonly string[] {
  return (
    text
      ?.split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '') ?? []
  )
}

function npGuardEnd(
  ip: string | undefined,
  pod: string | undefined,
  namespace: string | undefined,
): NpGuardEnd | undefined {
  if (ip !== undefined) return { ip }
  return pod === undefined ? undefined : { pod, namespace: namespace ?? 'default' }
}
