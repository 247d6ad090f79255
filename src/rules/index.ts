// Written by `npm run docs`: every rule, sorted by id.
import { defaultNamespace } from './default-namespace.ts'
import { duplicateKey } from './duplicate-key.ts'
import { egressInternet } from './egress-internet.ts'
import { egressNotIsolated } from './egress-not-isolated.ts'
import { hostNetwork } from './host-network.ts'
import { hostPort } from './host-port.ts'
import { imdsReachable } from './imds-reachable.ts'
import { ingressAnyHost } from './ingress-any-host.ts'
import { ingressBackendMissing } from './ingress-backend-missing.ts'
import { ingressExposes } from './ingress-exposes.ts'
import { ingressNoTls } from './ingress-no-tls.ts'
import { ingressSnippet } from './ingress-snippet.ts'
import { namespaceNoDefaultDeny } from './namespace-no-default-deny.ts'
import { netRaw } from './net-raw.ts'
import { policyRejected } from './policy-rejected.ts'
import type { Rule } from './rule.ts'
import { serviceBecamePublic } from './service-became-public.ts'
import { serviceExternalIps } from './service-external-ips.ts'
import { serviceNodeport } from './service-nodeport.ts'
import { servicePublic } from './service-public.ts'
import { serviceSelectsNothing } from './service-selects-nothing.ts'
import { serviceSourceRangesWide } from './service-source-ranges-wide.ts'

/** The catalogue, sorted by id. */
export const RULES: readonly Rule[] = [
  defaultNamespace,
  duplicateKey,
  egressInternet,
  egressNotIsolated,
  hostNetwork,
  hostPort,
  imdsReachable,
  ingressAnyHost,
  ingressBackendMissing,
  ingressExposes,
  ingressNoTls,
  ingressSnippet,
  namespaceNoDefaultDeny,
  netRaw,
  policyRejected,
  serviceBecamePublic,
  serviceExternalIps,
  serviceNodeport,
  servicePublic,
  serviceSelectsNothing,
  serviceSourceRangesWide,
]
