import { get } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { askAzure, azureWitness } from './facts/azure-site.ts'
import { isIsolated } from './facts/judged-endpoints.ts'
import { podEgress } from './facts/pod-egress.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const apiServerFromPods = defineRule({
  id: 'api-server-from-pods',
  meta: {
    title: 'Workload that needs no API server can reach it',
    severity: 'note',
    concepts: ['egress'],
    layer: 'api-server',
    why: 'A pod without a token of its own has no use for the API server. An attacker in it has: for stolen tokens, and for what the server tells anybody.',
    fix: 'Leave the address of the API server out of what the policies of the workload let out.',
    sources: [
      'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
      'https://learn.microsoft.com/azure/aks/operator-best-practices-cluster-security',
    ],
  },

  /**
   * Yields a note for each workload that mounts no token, whose egress somebody limited, and that certainly reaches the API server of
   * its cluster all the same.
   */
  *check(view) {
    const { reach } = view
    for (const { workloads } of podEgress(view)?.kinds ?? []) {
      const idle = workloads.filter(mountsNoToken)
      const [first] = idle
      const subject = first && reach.universe.classOf.get(first.id)
      if (first === undefined || subject === undefined || !isIsolated(reach, subject, 'egress')) continue
      // Pods of one kind have one way.
      const query = { from: workloadName(first), to: 'api-server', protocol: 'TCP', port: 443 } as const
      const outcome = askAzure(view, query)
      if (outcome.answer !== 'allowed') continue
      for (const workload of idle) yield hitOf(view, workload, { ...query, from: workloadName(workload) })
    }
  },

  merge: mergeEndpoints,
})

function hitOf(view: StateView, workload: Workload, query: Parameters<typeof askAzure>[1]) {
  return endpointHit({
    resource: workload.resource.address,
    at: workload.resource.origin,
    subject: workload.id,
    severity: 'note',
    within: { rule: 'egress-internet', subject: workload.id },
    cause: 'api-server',
    name: workloadName(workload),
    say: (names) =>
      `${capital(listNames(names))} ${verb(names, 'mounts', 'mount')} no token of a service account, so ${verb(names, 'it has', 'they have')} no use for the API server, and can connect to it on TCP 443. Leave its address out of what ${verb(names, 'its', 'their')} policies let out.`,
    prove: () => azureWitness(query, askAzure(view, query)),
    decide: 'Which rule of the policies is to leave the address of the API server out?',
    objectsTo: ({ kind }) => kind === 'egress',
  })
}

function mountsNoToken({ podSpec }: Workload): boolean {
  const flag = get(podSpec, 'automountServiceAccountToken')
  return flag?.kind === 'scalar' && flag.value === false
}
