import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { podSecurityPolicy } from './pod-security-policy.ts'

const policy = (...lines: readonly string[]) => `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: apps
spec:
  privileged: false
${lines.map((line) => `  ${line}\n`).join('')}`

const terraform = (type: string, body: string) => ({
  'main.tf': `resource "${type}" "apps" {\n  metadata {\n    name = "apps"\n  }\n  spec {\n    ${body}\n  }\n}\n`,
})

describe('pod-security-policy', () => {
  finds(podSecurityPolicy, 'the network of the node', {
    head: policy('hostNetwork: true', 'requiredDropCapabilities: [ALL]'),
    at: 'app.yaml: hostNetwork: true',
    severity: 'low',
    says: ['PodSecurityPolicy/apps'],
    patched: policy('requiredDropCapabilities: [ALL]'),
  })
  finds(podSecurityPolicy, 'nothing is dropped', {
    head: policy(),
    at: 'app.yaml: apiVersion: policy/v1beta1',
    says: ['NET_RAW'],
    patched: policy('requiredDropCapabilities:', '  - NET_RAW'),
  })
  finds(podSecurityPolicy, 'something else is dropped', {
    head: policy('requiredDropCapabilities: [KILL]'),
    at: 'app.yaml: requiredDropCapabilities: [KILL]',
    patched: policy('requiredDropCapabilities: [KILL, NET_RAW]'),
  })
  finds(podSecurityPolicy, 'both, in Terraform', {
    head: terraform('kubernetes_pod_security_policy_v1beta1', 'host_network = true'),
    at: ['main.tf: resource "kubernetes_pod_security_policy_v1beta1" "apps" {', 'main.tf: host_network = true'],
  })

  silent(podSecurityPolicy, 'a restricted one', {
    head: policy('hostNetwork: false', 'requiredDropCapabilities:', '  - ALL'),
  })
  silent(podSecurityPolicy, 'a restricted one in Terraform', {
    head: terraform('kubernetes_pod_security_policy', 'required_drop_capabilities = ["NET_RAW"]'),
  })
  silent(podSecurityPolicy, 'what is dropped is not known', {
    head: {
      'main.tf': `variable "drop" {}\n${terraform('kubernetes_pod_security_policy', 'required_drop_capabilities = var.drop')['main.tf']}`,
    },
  })
})
