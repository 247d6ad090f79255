import { SEVERITIES } from '../base/severity.ts'

/** The part of JSON Schema (2020-12) that the configuration uses; `validate.ts` checks by it, editors by the published file. */
export interface Schema {
  readonly $ref?: `#/$defs/${string}`
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  readonly const?: boolean
  readonly enum?: readonly string[]
  readonly pattern?: string
  /** Checked by code of `validate.ts`, where a pattern cannot. */
  readonly format?: 'glob' | 'cidr' | 'peer' | 'destination' | 'date' | 'port'
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly required?: readonly string[]
  /** Either schemas of different types, or lists of required keys of which at least one must hold. */
  readonly anyOf?: readonly Schema[]
  /** Lists of required keys of which exactly one must hold. */
  readonly oneOf?: readonly Schema[]
  readonly default?: string | number | boolean
}

export interface RootSchema extends Schema {
  readonly $schema: string
  readonly $id: string
  readonly $defs: Readonly<Record<string, Schema>>
}

const list = (items: Schema, description: string): Schema => ({ type: 'array', items, maxItems: 1000, description })
const text = (description: string, maxLength = 500): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
})
const def = (name: keyof typeof DEFINITIONS): Schema => ({ $ref: `#/$defs/${name}` })

const DEFINITIONS = {
  severity: { enum: [...SEVERITIES], description: 'How bad a finding is.' },
  glob: {
    type: 'string',
    format: 'glob',
    minLength: 1,
    maxLength: 512,
    description: 'Pattern of paths or names: * within a part, ** for any number of parts, ? and {a,b}.',
  },
  range: { type: 'string', format: 'cidr', description: 'Address or CIDR block, IPv4 or IPv6.' },
  domain: {
    type: 'string',
    pattern: '^(\\*\\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)+[A-Za-z0-9-]{2,63}$',
    maxLength: 253,
    description: 'Domain name; a leading "*." stands for every name below.',
  },
  date: { type: 'string', format: 'date', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'A day, YYYY-MM-DD.' },
  port: {
    anyOf: [
      { type: 'integer', minimum: 1, maximum: 65535 },
      { type: 'string', format: 'port', pattern: '^(any|[0-9]{1,5}(-[0-9]{1,5})?)(/(TCP|UDP|SCTP))?$' },
    ],
    description: '443, 443/TCP, 8000-8100/UDP, any/TCP or any. TCP where no protocol is named, all of them for any.',
  },
  peer: {
    type: 'string',
    format: 'peer',
    minLength: 1,
    maxLength: 512,
    description:
      'One end of a connection: namespace/name (globs), an address or CIDR, a domain, internet, outside (whatever is not in the cluster), tag/…, subnet/…, node/…, nodes, api-server, metadata, or any (every workload and every place outside; neither nodes nor API servers).',
  },
  selection: {
    anyOf: [
      { $ref: '#/$defs/peer' },
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          namespace: { $ref: '#/$defs/glob' },
          workload: {
            type: 'string',
            format: 'glob',
            description: 'Name of the workload without its namespace (glob).',
          },
          labels: {
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'Labels that the pods have.',
          },
          state: { type: 'string', format: 'glob', description: 'Name of the state (glob).' },
        },
        anyOf: [
          { required: ['namespace'] },
          { required: ['workload'] },
          { required: ['labels'] },
          { required: ['state'] },
        ],
      },
    ],
    description: 'A peer, or workloads by namespace, name, labels and state.',
  },
  destination: {
    type: 'string',
    format: 'destination',
    description:
      'A peer with an optional port: api.stripe.com:443, 10.0.0.0/8:5432/TCP, shop/db:5432, [2001:db8::]/32:443.',
  },
  engine: {
    enum: ['azure', 'calico', 'cilium', 'none'],
    description: 'What enforces network policies in the cluster; "none" where nothing does.',
  },
} as const satisfies Readonly<Record<string, Schema>>

const CLUSTER = {
  engine: def('engine'),
  'node-ranges': list(def('range'), 'Address ranges of the nodes.'),
  'pod-ranges': list(def('range'), 'Address ranges of the pods.'),
} as const satisfies Readonly<Record<string, Schema>>

const SUPPRESSION: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rule: text('Id of the rule.', 100),
    from: def('peer'),
    to: def('peer'),
    ports: list(def('port'), 'The ports that it covers; the same pair on another port is a finding. All where absent.'),
    resource: { type: 'string', format: 'glob', description: 'Address of the resource (glob).' },
    reason: { ...text('Why this is accepted.'), minLength: 3 },
    owner: text('Who answers for it.', 200),
    expires: { ...def('date'), description: 'Last day on which it holds, at most 366 days ahead.' },
  },
  required: ['rule', 'reason', 'owner', 'expires'],
  anyOf: [{ required: ['from'] }, { required: ['to'] }, { required: ['resource'] }],
}

const STATE: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: text('Name of the environment, as reports print it.', 100),
    paths: { ...list(def('glob'), 'Units, by the paths of their roots, that live on this network.'), minItems: 1 },
    cluster: text('Name of the cluster that the manifests are for.', 200),
    parameters: list(
      def('glob'),
      'Of units with several choices of inputs, those that read a file which one of these matches.',
    ),
    environment: text('Of units with several choices of inputs, those of this name.', 100),
    ...CLUSTER,
  },
  required: ['name', 'paths'],
}

const INTENT: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: text('What must hold, in a few words.', 200),
    from: def('selection'),
    to: def('selection'),
    ports: list(def('port'), 'The ports that it is about. All where absent.'),
    deny: { type: 'boolean', const: true, description: 'No connection from "from" to "to".' },
    'allow-only': list(def('destination'), 'Of what lies in "to", "from" reaches nothing but these.'),
    'allow-only-from': list(def('selection'), 'Of what lies in "from", nothing reaches "to" but these.'),
    via: { enum: ['firewall'], description: 'Every connection from "from" to "to" passes this layer.' },
    severity: { ...def('severity'), default: 'high' },
    reason: text('Why it must hold; printed with the finding.'),
  },
  required: ['name'],
  oneOf: [
    { required: ['deny'] },
    { required: ['allow-only'] },
    { required: ['allow-only-from'] },
    { required: ['via'] },
  ],
  anyOf: [{ required: ['from'] }, { required: ['to'] }],
}

/** The schema of `.github/ringfence.yml`. Keys that are also inputs of the action have the same names and are overruled by them. */
export const CONFIG_SCHEMA: RootSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'ringfence.schema.json',
  title: 'Ringfence configuration',
  description: 'Read from the base of a pull request. Everything is optional.',
  type: 'object',
  additionalProperties: false,
  properties: {
    'fail-on': {
      enum: [...SEVERITIES, 'none'],
      default: 'high',
      description: 'Least severity of a new finding that fails the check.',
    },
    'fail-on-unknown': {
      enum: ['changed', 'any', 'none'],
      default: 'changed',
      description: 'Whether what could not be judged fails the check: in what the change touches, anywhere, or never.',
    },
    rules: {
      type: 'object',
      additionalProperties: { enum: [...SEVERITIES, 'off'] },
      description: 'Severity of a rule, or off.',
    },
    paths: list(def('glob'), 'Only these files are read.'),
    'paths-ignore': list(def('glob'), 'These files are not read.'),
    states: list(STATE, 'Which units form one cluster with the network around it.'),
    ...CLUSTER,
    'trusted-ranges': list(
      def('range'),
      'Ranges outside the cluster that are not the internet: offices, peered networks.',
    ),
    'approved-domains': list(
      def('domain'),
      'Domains that any workload may reach: what a firewall lets out to them is no finding.',
    ),
    suppressions: list(SUPPRESSION, 'Findings that are accepted for a time.'),
    'inline-suppressions': {
      enum: ['on', 'allow-high', 'off'],
      default: 'on',
      description: 'Whether "# ringfence:ignore …" comments count: below high, always, or never.',
    },
    intents: list(
      INTENT,
      'What must hold on the network, checked on every review. Connections that end at nodes, subnets, addresses or API servers are asked one by one, at most 400 for each intent and state; coverage says where that was not all.',
    ),
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: {
        'file-size': {
          type: 'string',
          pattern: '^[1-9][0-9]{0,6}(KiB|MiB)$',
          default: '2MiB',
          description: 'Largest file that is parsed, at most 64MiB.',
        },
      },
    },
    comment: {
      enum: ['changes', 'on-failure', 'always', 'never'],
      default: 'changes',
      description: 'When the pull request gets a comment.',
    },
    'comment-key': {
      type: 'string',
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      default: 'default',
      description: 'Tells the comments of several instances apart.',
    },
    'inline-comments': {
      type: 'integer',
      minimum: 0,
      maximum: 30,
      default: 10,
      description: 'Most comments on changed lines.',
    },
    suggestions: { type: 'boolean', default: true, description: 'Whether inline comments hold a suggestion to apply.' },
    graph: { type: 'boolean', default: true, description: 'Whether the comment holds a diagram.' },
    summary: { type: 'boolean', default: true, description: 'Whether the job summary is written.' },
  },
  $defs: DEFINITIONS,
}
