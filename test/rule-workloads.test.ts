import { describe, expect, it } from 'vitest'
import { NO_ADDRESSES } from '../src/algebra/addresses.ts'
import { NO_NAMES } from '../src/algebra/names.ts'
import { analyseTree } from '../src/analyse.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { parseTree } from '../src/parse/units.ts'
import { assess } from '../src/rules/assess.ts'
import { RULES } from '../src/rules/index.ts'
import { checkState } from '../src/run-rules.ts'
import { memoryTree } from './source/memory-tree.ts'

type Files = Readonly<Record<string, string>>

/** The rules that find something in a tree, sorted. */
function rulesFor(files: Files): readonly string[] {
  const settings = { trusted: NO_ADDRESSES, trustedRanges: [], approved: NO_NAMES, today: '2026-11-01' }
  const views = analyseTree(parseTree(memoryTree(files)), EMPTY_CONFIG)
  const hits = views.flatMap((view) => checkState(RULES, view, settings).hits)
  const findings = assess(
    hits,
    hits,
    (rule, hit) => hit.severity ?? rule.meta.severity,
    views.map(({ name }) => name),
  )
  return [...new Set(findings.map(({ finding }) => finding.rule))].sort()
}

/** What is wrong with one pod, by the rule that says so: lines of its spec, and of its first container. */
const FAULTS = {
  'host-network': { spec: ['hostNetwork: true'], container: [] },
  'host-port': { spec: [], container: ['ports:', '  - containerPort: 80', '    hostPort: 8080'] },
  'net-raw': { spec: [], container: [] },
  'ingress-controller-retired': { spec: [], container: [], image: 'registry.k8s.io/ingress-nginx/controller:v1.12' },
  'kubernetes-dashboard': { spec: [], container: [], image: 'kubernetesui/dashboard:v2.7.0' },
  tiller: { spec: [], container: [], image: 'gcr.io/kubernetes-helm/tiller:v2.17.0' },
  'control-plane-listener': {
    spec: [],
    container: ['command:', '  - kube-scheduler', '  - --bind-address=0.0.0.0'],
  },
} as const satisfies Record<string, { spec: readonly string[]; container: readonly string[]; image?: string }>

type Fault = keyof typeof FAULTS

const indent = (text: string, width: number) => text.replace(/^(?=.)/gm, ' '.repeat(width))

/** A pod's spec with one fault, and without any where none is given. */
function podSpec(fault: Fault | undefined, where: 'containers' | 'initContainers' | 'sidecar' = 'containers'): string {
  const own: { readonly spec: readonly string[]; readonly container: readonly string[]; readonly image?: string } =
    fault === undefined ? { spec: [], container: [] } : FAULTS[fault]
  const clean = 'securityContext:\n  capabilities:\n    drop: [ALL]\n'
  const bad = `- name: it\n  image: ${own.image ?? 'example/it:1'}\n${indent([...own.container, ''].join('\n'), 2)}${fault === 'net-raw' ? '' : indent(clean, 2)}`
  const good = `- name: main\n  image: example/main:1\n${indent(clean, 2)}`
  const restart = where === 'sidecar' ? '  restartPolicy: Always\n' : ''
  const lists =
    where === 'containers'
      ? `containers:\n${indent(bad, 2)}`
      : `initContainers:\n${indent(bad + restart, 2)}containers:\n${indent(good, 2)}`
  return `${own.spec.map((line) => `${line}\n`).join('')}${lists}`
}

const head = (kind: string, api: string) =>
  `apiVersion: ${api}\nkind: ${kind}\nmetadata:\n  name: it\n  namespace: shop\n`
const template = (spec: string) => `template:\n  metadata:\n    labels:\n      app: it\n  spec:\n${indent(spec, 4)}`
const controller = (kind: string, api: string) => (spec: string) =>
  `${head(kind, api)}spec:\n  selector:\n    matchLabels:\n      app: it\n${indent(template(spec), 2)}`
const pod = (spec: string) => `${head('Pod', 'v1')}  labels:\n    app: it\nspec:\n${indent(spec, 2)}`
const KINDS: Readonly<Record<string, (spec: string) => string>> = {
  Pod: pod,
  Deployment: controller('Deployment', 'apps/v1'),
  StatefulSet: controller('StatefulSet', 'apps/v1'),
  DaemonSet: controller('DaemonSet', 'apps/v1'),
  ReplicaSet: controller('ReplicaSet', 'apps/v1'),
  ReplicationController: (spec) =>
    `${head('ReplicationController', 'v1')}spec:\n  selector:\n    app: it\n${indent(template(spec), 2)}`,
  Job: (spec) => `${head('Job', 'batch/v1')}spec:\n${indent(template(spec), 2)}`,
  CronJob: (spec) =>
    `${head('CronJob', 'batch/v1')}spec:\n  schedule: '@daily'\n  jobTemplate:\n    spec:\n${indent(template(spec), 6)}`,
  List: (spec) => `apiVersion: v1\nkind: List\nitems:\n${indent(pod(spec), 4).replace(/^ {4}/, '  - ')}`,
}

/** What a rule is told as well by the same fault. */
const own = (rule: Fault, found: readonly string[]) => found.filter((one) => one === rule)

describe.each(Object.entries(KINDS))('in a %s', (_, write) => {
  it.each(Object.keys(FAULTS) as Fault[])('%s', (rule) => {
    expect(own(rule, rulesFor({ 'app.yaml': write(podSpec(rule)) }))).toEqual([rule])
    expect(own(rule, rulesFor({ 'app.yaml': write(podSpec(undefined)) }))).toEqual([])
  })
})

describe('in a container that is no main one', () => {
  it.each(['host-port', 'net-raw'] as const)('%s of one that runs first', (rule) => {
    expect(own(rule, rulesFor({ 'app.yaml': pod(podSpec(rule, 'initContainers')) }))).toEqual([rule])
  })
  it.each((Object.keys(FAULTS) as Fault[]).filter((rule) => rule !== 'host-network'))('%s of a sidecar', (rule) => {
    expect(own(rule, rulesFor({ 'app.yaml': pod(podSpec(rule, 'sidecar')) }))).toEqual([rule])
  })
  it('says nothing of ephemeral containers, which no manifest can bring', () => {
    const text = podSpec(undefined) + podSpec('net-raw').replace('containers:', 'ephemeralContainers:')
    expect(own('net-raw', rulesFor({ 'app.yaml': pod(text) }))).toEqual([])
  })
})

describe('text where the API wants something else is refused', () => {
  it.each([
    ['host-network', 'hostNetwork: true', 'hostNetwork: "true"'],
    ['host-port', 'hostPort: 8080', 'hostPort: "8080"'],
  ] as const)('%s', (rule, good, quoted) => {
    expect(own(rule, rulesFor({ 'app.yaml': pod(podSpec(rule)) }))).toEqual([rule])
    expect(own(rule, rulesFor({ 'app.yaml': pod(podSpec(rule).replace(good, quoted)) }))).toEqual([])
  })
})

describe('in Terraform', () => {
  const container = (fault: Fault) => {
    const image = (FAULTS[fault] as { image?: string }).image ?? 'example/it:1'
    const more = {
      'host-port': '\n        port {\n          container_port = 80\n          host_port      = 8080\n        }',
      'control-plane-listener': '\n        command = ["kube-scheduler", "--bind-address=0.0.0.0"]',
    } as const
    const drop =
      fault === 'net-raw'
        ? ''
        : '\n        security_context {\n          capabilities {\n            drop = ["ALL"]\n          }\n        }'
    return `      container {
        name  = "it"
        image = "${image}"${fault in more ? more[fault as keyof typeof more] : ''}${drop}
      }`
  }
  const spec = (fault: Fault) =>
    `spec {${fault === 'host-network' ? '\n      host_network = true' : ''}\n${container(fault)}\n    }`
  const meta = '  metadata {\n    name      = "it"\n    namespace = "shop"\n  }\n'
  const inTemplate = (fault: Fault) =>
    `template {\n    metadata {\n      labels = { app = "it" }\n    }\n    ${spec(fault)}\n  }`
  const KIND: Readonly<Record<string, (fault: Fault) => string>> = {
    kubernetes_pod: (fault) => `${meta}  ${spec(fault)}`,
    kubernetes_pod_v1: (fault) => `${meta}  ${spec(fault)}`,
    kubernetes_deployment: (fault) => `${meta}  spec {\n  ${inTemplate(fault)}\n  }`,
    kubernetes_deployment_v1: (fault) => `${meta}  spec {\n  ${inTemplate(fault)}\n  }`,
    kubernetes_stateful_set: (fault) => `${meta}  spec {\n  service_name = "it"\n  ${inTemplate(fault)}\n  }`,
    kubernetes_stateful_set_v1: (fault) => `${meta}  spec {\n  service_name = "it"\n  ${inTemplate(fault)}\n  }`,
    kubernetes_daemonset: (fault) => `${meta}  spec {\n  ${inTemplate(fault)}\n  }`,
    kubernetes_daemon_set_v1: (fault) => `${meta}  spec {\n  ${inTemplate(fault)}\n  }`,
    kubernetes_replication_controller: (fault) =>
      `${meta}  spec {\n  selector = { app = "it" }\n  ${inTemplate(fault)}\n  }`,
    kubernetes_replication_controller_v1: (fault) =>
      `${meta}  spec {\n  selector = { app = "it" }\n  ${inTemplate(fault)}\n  }`,
    kubernetes_job: (fault) => `${meta}  spec {\n  ${inTemplate(fault)}\n  }`,
    kubernetes_job_v1: (fault) => `${meta}  spec {\n  ${inTemplate(fault)}\n  }`,
    kubernetes_cron_job: (fault) =>
      `${meta}  spec {\n  schedule = "@daily"\n  job_template {\n  spec {\n  ${inTemplate(fault)}\n  }\n  }\n  }`,
    kubernetes_cron_job_v1: (fault) =>
      `${meta}  spec {\n  schedule = "@daily"\n  job_template {\n  metadata {}\n  spec {\n  ${inTemplate(fault)}\n  }\n  }\n  }`,
  }
  describe.each(Object.entries(KIND))('in a %s', (kind, write) => {
    it.each(Object.keys(FAULTS) as Fault[])('%s', (rule) => {
      const text = (fault: Fault) => ({ 'main.tf': `resource "${kind}" "it" {\n${write(fault)}\n}\n` })
      expect(own(rule, rulesFor(text(rule)))).toEqual([rule])
      const other = rule === 'net-raw' ? 'host-port' : 'net-raw'
      expect(own(rule, rulesFor(text(other)))).toEqual([])
    })
  })

  it('takes text for a flag, as the provider does', () => {
    const text = `resource "kubernetes_pod" "it" {\n${KIND['kubernetes_pod']!('host-network')}\n}\n`
    expect(
      own('host-network', rulesFor({ 'main.tf': text.replace('host_network = true', 'host_network = "true"') })),
    ).toEqual(['host-network'])
  })
})
