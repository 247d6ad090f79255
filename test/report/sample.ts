import type { ConnectionChange } from '../../src/compare/change.ts'
import type { ReviewReport } from '../../src/report/review-report.ts'
import type { Finding } from '../../src/rules/finding.ts'

export const BASE_SHA = '9c01d2e0a4b7c1d2e3f405162738495a6b7c8d9e'
export const HEAD_SHA = '4f2a91c7b6a5948372615049382716f5e4d3c2b1'

/** A review in which nothing happened, for a test to fill in. */
export const SILENT: ReviewReport = {
  schemaVersion: 1,
  base: { tree: BASE_SHA },
  head: { tree: HEAD_SHA },
  summary: {
    introduced: 0,
    worsened: 0,
    fixed: 0,
    improved: 0,
    existing: 0,
    suppressed: 0,
    verdict: 'pass',
    reason: 'no network effect',
  },
  connections: { added: [], removed: [], changed: [] },
  exposure: {
    ingress: { added: [], removed: [], changed: [] },
    egress: { added: [], removed: [], changed: [] },
  },
  findings: [],
  coverage: { units: [{ kind: 'manifests', path: 'k8s', resources: 43 }], notAnalysed: [], notes: [] },
}

export function connection(part: Partial<ConnectionChange> & Pick<ConnectionChange, 'from' | 'to'>): ConnectionChange {
  return { before: '', after: 'TCP 80', certain: true, ...part }
}

export function finding(part: Partial<Finding> = {}): Finding {
  return {
    rule: 'egress-internet',
    concepts: ['egress'],
    severity: 'high',
    status: 'introduced',
    title: 'Workload can reach the whole internet',
    message:
      'payments/checkout can reach any address. A compromised image can send data anywhere. Allow the ranges that it needs.',
    resource: 'NetworkPolicy/payments/allow-egress',
    file: 'k8s/payments/allow-egress.yaml',
    line: 14,
    endLine: 14,
    layer: 'network-policy',
    fingerprint: '7d1c0a5be1f24c33',
    ...part,
  }
}

/** A pull request that opens egress and a database, and closes one connection. */
export const OPENING: ReviewReport = {
  ...SILENT,
  summary: {
    ...SILENT.summary,
    introduced: 2,
    fixed: 1,
    existing: 4,
    verdict: 'fail',
    reason: 'new finding at or above high',
  },
  connections: {
    added: [
      connection({
        from: 'web/frontend',
        to: 'data/postgres',
        after: 'TCP 5432',
        cause: {
          file: 'k8s/data/db-policy.yaml',
          line: 22,
          resource: 'NetworkPolicy/data/db-policy',
          why: 'empty podSelector admits every pod of the namespace',
        },
      }),
    ],
    removed: [
      connection({
        from: 'web/frontend',
        to: 'payments/checkout',
        before: 'TCP 8080',
        after: '',
        cause: {
          file: 'k8s/payments/allow-web.yaml',
          line: 9,
          resource: 'NetworkPolicy/payments/allow-web',
          why: 'rule removed',
          side: 'base',
        },
      }),
    ],
    changed: [],
  },
  exposure: {
    ingress: { added: [], removed: [], changed: [] },
    egress: {
      added: [
        connection({
          from: 'payments/checkout',
          to: 'internet',
          after: 'any',
          cause: {
            file: 'k8s/payments/allow-egress.yaml',
            line: 14,
            resource: 'NetworkPolicy/payments/allow-egress',
            why: 'opens ipBlock 0.0.0.0/0',
          },
        }),
      ],
      removed: [],
      changed: [],
    },
  },
  findings: [
    finding({
      witness: {
        packet: {
          from: 'payments/checkout',
          to: 'internet',
          sourceAddress: '10.244.1.7',
          destinationAddress: '198.51.100.7',
          protocol: 'TCP',
          port: 4444,
        },
        path: [
          {
            layer: 'network-policy',
            verdict: 'allow',
            rule: 'NetworkPolicy/payments/allow-egress egress rule 1',
            resource: 'NetworkPolicy/payments/allow-egress',
            file: 'k8s/payments/allow-egress.yaml',
            line: 14,
          },
        ],
      },
      patch: {
        verified: true,
        summary: 'Narrows the rule to 10.2.0.0/16, the range that it held before.',
        files: [
          {
            path: 'k8s/payments/allow-egress.yaml',
            diff: '--- a/k8s/payments/allow-egress.yaml\n+++ b/k8s/payments/allow-egress.yaml\n@@ -12,4 +12,4 @@\n   egress:\n     - to:\n-        - ipBlock: {cidr: 0.0.0.0/0}\n+        - ipBlock: {cidr: 10.2.0.0/16}\n       ports: []\n',
          },
        ],
        suggestion: {
          file: 'k8s/payments/allow-egress.yaml',
          startLine: 14,
          endLine: 14,
          text: '        - ipBlock: {cidr: 10.2.0.0/16}',
        },
      },
    }),
    finding({
      rule: 'namespace-wide-ingress',
      severity: 'medium',
      title: 'Workload is reachable from a whole namespace',
      message:
        'data/postgres is now reachable from every pod of its namespace on TCP 5432, because the rule has an empty `podSelector`. Name the pods that need the database.',
      resource: 'NetworkPolicy/data/db-policy',
      file: 'k8s/data/db-policy.yaml',
      line: 22,
      endLine: 24,
      decide: 'Which pods need the database? Put their labels into the podSelector.',
      fingerprint: 'a1b2c3d4e5f60718',
      witness: {
        packet: { from: 'web/frontend', to: 'data/postgres', protocol: 'TCP', port: 5432 },
        path: [
          { layer: 'network-policy', verdict: 'allow', rule: 'no policy selects web/frontend for egress' },
          {
            layer: 'network-policy',
            verdict: 'allow',
            rule: 'NetworkPolicy/data/db-policy ingress rule 1',
            resource: 'NetworkPolicy/data/db-policy',
            file: 'k8s/data/db-policy.yaml',
            line: 22,
          },
        ],
      },
    }),
    finding({
      rule: 'ingress-no-tls',
      severity: 'medium',
      status: 'fixed',
      title: 'Ingress without TLS',
      message: 'Ingress web/shop serves plain HTTP to the internet.',
      resource: 'Ingress/web/shop',
      file: 'k8s/web/ingress.yaml',
      line: 3,
      endLine: 3,
      layer: 'ingress',
      fingerprint: 'ffeeddccbbaa9988',
    }),
  ],
  coverage: {
    units: [{ kind: 'manifests', path: 'k8s', resources: 41 }],
    notAnalysed: [
      { file: 'charts/web/templates/netpol.yaml', reason: 'a chart is not rendered yet', changed: false },
      { file: 'k8s/broken.yaml', line: 7, reason: 'mapping values are not allowed here', changed: false },
    ],
    notes: ['No network policy engine is declared in this tree: the text of the Kubernetes API decides.'],
  },
}
