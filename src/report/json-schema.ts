import { LAYERS, SEVERITIES } from '../rules/finding.ts'

/** A JSON schema (draft-07) for each JSON output, by the name of its file under `schema/`. `scripts/schema.ts` writes them. */
export function jsonSchemas(): ReadonlyMap<string, object> {
  return new Map<string, object>([
    ['review.schema.json', root('review', REVIEW)],
    ['audit.schema.json', root('audit', AUDIT)],
    ['resources.schema.json', root('resources', RESOURCES)],
  ])
}

type Schema = Readonly<Record<string, unknown>>

/** Closed: what is not listed is a mistake. A key that ends in `?` may be absent. */
function object(description: string, keys: Readonly<Record<string, Schema>>): Schema {
  const properties: Record<string, Schema> = {}
  const required: string[] = []
  for (const [key, schema] of Object.entries(keys)) {
    const name = key.replace(/\?$/, '')
    properties[name] = schema
    if (name === key) required.push(name)
  }
  return { type: 'object', description, properties, required, additionalProperties: false }
}

function list(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description === undefined ? {} : { description }), items }
}

function string(description?: string): Schema {
  return { type: 'string', ...(description === undefined ? {} : { description }) }
}

function oneOf(...values: readonly string[]): Schema {
  return { enum: values }
}

const TEXT = string()
const COUNT: Schema = { type: 'integer', minimum: 0 }
const LINE: Schema = { type: 'integer', minimum: 1, description: '1-based.' }
const PATH = string('Path inside the tree, with slashes.')
const STATES = list(TEXT, 'The states (environments) in which it is so; absent where the tree has one.')

const TREE = object('One version of the repository.', { tree: string('As the caller named it.') })

const CONNECTION = object('A connection that one tree allows and the other does not, or allows differently.', {
  from: string('A peer.'),
  to: string('A peer.'),
  before: string('Connection string in the base; empty where there is none.'),
  after: string('Connection string in the head; empty where there is none.'),
  certain: { type: 'boolean', description: 'False where an unknown decides whether the change is real.' },
  'via?': object(
    'What carries the packets out of their subnet, where the change moves them to another way: `firewall/NAME`, `gateway/NAME`, `appliance ADDRESS`, `not known`, or `direct` where none of these stands on the way; several that may be, with ` or ` between. The connections may be the same before and after.',
    { before: TEXT, after: TEXT },
  ),
  'states?': STATES,
  'cause?': object('The source line because of which it changed.', {
    file: PATH,
    line: LINE,
    resource: TEXT,
    why: TEXT,
    'side?': { ...oneOf('base', 'head'), description: 'The tree that the line stands in; the head where absent.' },
  }),
})

const CONNECTIONS = object('What the change does to connections.', {
  added: list(CONNECTION),
  removed: list(CONNECTION),
  changed: list(CONNECTION),
})

const WITNESS = object('One concrete packet that proves the finding, and the layers that it meets, in order.', {
  packet: object('The packet.', {
    from: string('A peer.'),
    to: string('A peer.'),
    'sourceAddress?': TEXT,
    'destinationAddress?': TEXT,
    protocol: oneOf('TCP', 'UDP', 'SCTP', 'ICMP', 'any'),
    'port?': { type: 'integer', minimum: 0, maximum: 65535 },
    'name?': string('The name that the client asks for.'),
  }),
  path: list(
    object('What one layer says.', {
      layer: oneOf(...LAYERS),
      verdict: oneOf('allow', 'deny', 'unknown'),
      rule: string('The rule that says so, in words.'),
      'resource?': TEXT,
      'file?': PATH,
      'line?': LINE,
    }),
  ),
})

const PATCH = object('An edit that removes the finding, proven by analysing the patched tree.', {
  files: list(object('The change of one file.', { path: PATH, diff: string('Unified diff.') })),
  verified: { const: true },
  'suggestion?': object('Set where the patch replaces consecutive lines of one file.', {
    file: PATH,
    startLine: LINE,
    endLine: LINE,
    text: string('Without the final line end.'),
  }),
  summary: string('What the patch does, in one sentence.'),
})

const CHOICE = object('A way to close the finding at one layer, proven like the patch.', {
  layer: oneOf(...LAYERS),
  what: string('What it does, in one sentence.'),
  cost: string('Money first, then what one gets and what one gives up.'),
  files: list(object('The change of one file.', { path: PATH, diff: string('Unified diff.') })),
})

const ELSEWHERE = object('A layer that could close the finding by no edit of this tree; nothing of it is proven.', {
  layer: oneOf(...LAYERS),
  what: string('What it would take, in one sentence.'),
  cost: string('Money first, then what one gets and what one gives up.'),
})

const SIDE: Schema = {
  const: 'base',
  description: 'Set where the line stands in the base, because the head has nothing to look at any more.',
}

const PLACE = object('One of several places of a finding, with what differs from place to place.', {
  file: PATH,
  line: LINE,
  endLine: LINE,
  'side?': SIDE,
  'states?': STATES,
  'witness?': WITNESS,
  'patch?': { ...PATCH, description: "The part of the finding's patch that closes it here." },
  fingerprint: string('Of the finding and the file, not of lines.'),
})

const FINDING = object("A rule's verdict on a change or a state.", {
  rule: TEXT,
  concepts: list(TEXT),
  severity: oneOf(...SEVERITIES),
  status: oneOf('introduced', 'worsened', 'existing', 'improved', 'fixed'),
  title: TEXT,
  message: TEXT,
  resource: string('Address of the resource that the finding is about.'),
  file: PATH,
  line: LINE,
  endLine: LINE,
  'side?': SIDE,
  layer: oneOf(...LAYERS),
  'witness?': WITNESS,
  'patch?': PATCH,
  'choices?': list(
    CHOICE,
    'Where several layers can close it, one way for each; the first needs the smallest edit and is the patch.',
  ),
  'elsewhere?': list(
    ELSEWHERE,
    'Layers that could close it where no proven choice does, by no edit of this tree: they are not there, or another repository holds them.',
  ),
  'decide?': string('What a person must decide, where no patch was proven.'),
  'states?': STATES,
  'places?': list(
    PLACE,
    'Where it is so, where that is at several places: each folder of an environment that holds a copy of the object. The first is the place of the finding itself.',
  ),
  fingerprint: string('Of rule, flow and object, not of lines.'),
  'suppressed?': object('Set where the configuration suppresses it.', { reason: TEXT, expires: TEXT }),
})

const SUMMARY = object('Counts of findings by status, and the verdict.', {
  introduced: COUNT,
  worsened: COUNT,
  fixed: COUNT,
  improved: COUNT,
  existing: COUNT,
  suppressed: COUNT,
  verdict: oneOf('pass', 'fail'),
  reason: string('Why the verdict is what it is.'),
})

const COVERAGE = object('What was read and analysed, and what was not and why.', {
  units: list(
    object('A root that was rendered to resources.', {
      kind: TEXT,
      path: PATH,
      'environment?': TEXT,
      'state?': string('The state that it belongs to.'),
      resources: COUNT,
    }),
  ),
  notAnalysed: list(
    object('What was left out.', {
      file: PATH,
      'line?': LINE,
      reason: TEXT,
      changed: { type: 'boolean', description: 'True where the change under review touches it.' },
    }),
  ),
  notes: list(TEXT, 'What was assumed, or would differ under another engine.'),
})

const VERSION: Schema = { const: 1 }

const REVIEW = object('What `ringfence review --format json` prints.', {
  schemaVersion: VERSION,
  base: TREE,
  head: TREE,
  summary: SUMMARY,
  connections: CONNECTIONS,
  exposure: object('Reachability from and to something outside of the state.', {
    ingress: CONNECTIONS,
    egress: CONNECTIONS,
  }),
  findings: list(FINDING, 'Most severe first, then by rule, file and line.'),
  'proposedSuppressions?': list(
    object('A suppression that the head adds: shown, and not in force.', {
      rule: TEXT,
      reason: TEXT,
      expires: TEXT,
      file: PATH,
      line: LINE,
    }),
  ),
  coverage: COVERAGE,
})

const AUDIT = object('What `ringfence audit --format json` prints.', {
  schemaVersion: VERSION,
  head: TREE,
  summary: SUMMARY,
  findings: list(FINDING, 'Most severe first, then by rule, file and line.'),
  coverage: COVERAGE,
})

const RESOURCES = object('What `ringfence resources --format json` prints.', {
  schemaVersion: VERSION,
  resources: list(
    object('One rendered object with its evaluated values.', {
      unit: string("Path of the unit's root."),
      unitKind: oneOf('manifests', 'helm', 'kustomize', 'terraform', 'plan', 'bicep', 'arm'),
      'environment?': string('The values or parameter files, where there is a choice.'),
      address: TEXT,
      kind: TEXT,
      file: PATH,
      line: LINE,
      value: {
        type: 'object',
        description:
          'The evaluated values. What is not known is `{"$unknown": reason}`, what the language refuses `{"$error": message}`, a reference `{"$id": id}`, one of several values `{"$choice": […]}`.',
      },
    }),
  ),
  coverage: COVERAGE,
})

function root(name: string, schema: Schema): object {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: `Ringfence ${name}`, ...schema }
}
