// Written by `npm run docs`: every rule, sorted by id.
import { acrDataEndpoint } from './acr-data-endpoint.ts'
import { adminPolicyWeakened } from './admin-policy-weakened.ts'
import { aksDashboard } from './aks-dashboard.ts'
import { aksNetworkPolicyRetiring } from './aks-network-policy-retiring.ts'
import { aksNoAzurePolicy } from './aks-no-azure-policy.ts'
import { aksNoNetworkPolicy } from './aks-no-network-policy.ts'
import { aksNodeSsh } from './aks-node-ssh.ts'
import { aksPluginRetiring } from './aks-plugin-retiring.ts'
import { aksPublicNodeIp } from './aks-public-node-ip.ts'
import { allowedHostPorts } from './allowed-host-ports.ts'
import { apiServerFromPods } from './api-server-from-pods.ts'
import { apiServerNotPrivate } from './api-server-not-private.ts'
import { apiServerPublic } from './api-server-public.ts'
import { apiServerRangesMissNodes } from './api-server-ranges-miss-nodes.ts'
import { apiServerRangesWide } from './api-server-ranges-wide.ts'
import { apiServerWidened } from './api-server-widened.ts'
import { appRoutingPublic } from './app-routing-public.ts'
import { asymmetricIngress } from './asymmetric-ingress.ts'
import { bastionMissing } from './bastion-missing.ts'
import { blobAnonymous } from './blob-anonymous.ts'
import { cidrOverlap } from './cidr-overlap.ts'
import { configurationRefused } from './configuration-refused.ts'
import { connectivityLost } from './connectivity-lost.ts'
import { containerGroupPublic } from './container-group-public.ts'
import { controlPlaneListener } from './control-plane-listener.ts'
import { crossNamespaceOpen } from './cross-namespace-open.ts'
import { ddosPlanMissing } from './ddos-plan-missing.ts'
import { defaultDenyLost } from './default-deny-lost.ts'
import { defaultNamespace } from './default-namespace.ts'
import { diagnosticsOff } from './diagnostics-off.ts'
import { dnsEgressMissing } from './dns-egress-missing.ts'
import { duplicateKey } from './duplicate-key.ts'
import { egressInternet } from './egress-internet.ts'
import { egressNotIsolated } from './egress-not-isolated.ts'
import { egressOneLayer } from './egress-one-layer.ts'
import { egressPathChanged } from './egress-path-changed.ts'
import { egressUninspected } from './egress-uninspected.ts'
import { egressWidened } from './egress-widened.ts'
import { exposedAndLoose } from './exposed-and-loose.ts'
import { firewallAllowsAny } from './firewall-allows-any.ts'
import { firewallBlocksAks } from './firewall-blocks-aks.ts'
import { firewallDnatOpen } from './firewall-dnat-open.ts'
import { firewallFqdnNeedsDnsProxy } from './firewall-fqdn-needs-dns-proxy.ts'
import { firewallFqdnWide } from './firewall-fqdn-wide.ts'
import { firewallIdps } from './firewall-idps.ts'
import { firewallNoPolicy } from './firewall-no-policy.ts'
import { firewallOpensSpokes } from './firewall-opens-spokes.ts'
import { firewallRuleShadowed } from './firewall-rule-shadowed.ts'
import { firewallRuleUnused } from './firewall-rule-unused.ts'
import { firewallThreatIntel } from './firewall-threat-intel.ts'
import { firewallWidened } from './firewall-widened.ts'
import { firewallWiderThanPolicies } from './firewall-wider-than-policies.ts'
import { flowLogs } from './flow-logs.ts'
import { gatewayNoTls } from './gateway-no-tls.ts'
import { hiddenCharacters } from './hidden-characters.ts'
import { hostNetwork } from './host-network.ts'
import { hostPort } from './host-port.ts'
import { httpApplicationRouting } from './http-application-routing.ts'
import { imdsReachable } from './imds-reachable.ts'
import { ingressAnyHost } from './ingress-any-host.ts'
import { ingressBackendMissing } from './ingress-backend-missing.ts'
import { ingressControllerRetired } from './ingress-controller-retired.ts'
import { ingressExposes } from './ingress-exposes.ts'
import { ingressHostConflict } from './ingress-host-conflict.ts'
import { ingressNoTls } from './ingress-no-tls.ts'
import { ingressSnippet } from './ingress-snippet.ts'
import { ingressWidened } from './ingress-widened.ts'
import { intentViolated } from './intent-violated.ts'
import { ipv6Gap } from './ipv6-gap.ts'
import { kubeletFromPods } from './kubelet-from-pods.ts'
import { kubenetRoutesMissing } from './kubenet-routes-missing.ts'
import { kubernetesDashboard } from './kubernetes-dashboard.ts'
import { lateralPath } from './lateral-path.ts'
import { namespaceNoDefaultDeny } from './namespace-no-default-deny.ts'
import { natCalledControl } from './nat-called-control.ts'
import { natGatewayIdle } from './nat-gateway-idle.ts'
import { netRaw } from './net-raw.ts'
import { nicIpForwarding } from './nic-ip-forwarding.ts'
import { nicPublicIp } from './nic-public-ip.ts'
import { noContainers } from './no-containers.ts'
import { noWaf } from './no-waf.ts'
import { nodeSshFromPods } from './node-ssh-from-pods.ts'
import { nsgAnyInbound } from './nsg-any-inbound.ts'
import { nsgBlocksPlatform } from './nsg-blocks-platform.ts'
import { nsgFalseSegmentation } from './nsg-false-segmentation.ts'
import { nsgInternetAdminPort } from './nsg-internet-admin-port.ts'
import { nsgLateral } from './nsg-lateral.ts'
import { nsgOnManagedGroup } from './nsg-on-managed-group.ts'
import { nsgOpenPort } from './nsg-open-port.ts'
import { nsgOutboundOpen } from './nsg-outbound-open.ts'
import { nsgRuleShadowed } from './nsg-rule-shadowed.ts'
import { nsgSharedPodsNodes } from './nsg-shared-pods-nodes.ts'
import { nsgUnattached } from './nsg-unattached.ts'
import { nsgWhereNotAllowed } from './nsg-where-not-allowed.ts'
import { nsgWidePrivateSource } from './nsg-wide-private-source.ts'
import { nsgWidened } from './nsg-widened.ts'
import { openaiOutbound } from './openai-outbound.ts'
import { outboundTypeMismatch } from './outbound-type-mismatch.ts'
import { paasAzureServices } from './paas-azure-services.ts'
import { paasOpenToAll } from './paas-open-to-all.ts'
import { paasPublicEndpoint } from './paas-public-endpoint.ts'
import { paasRangeWide } from './paas-range-wide.ts'
import { paasWidened } from './paas-widened.ts'
import { peeringOpens } from './peering-opens.ts'
import { podCidrTooSmall } from './pod-cidr-too-small.ts'
import { podSecurityPolicy } from './pod-security-policy.ts'
import { policyAllowsAll } from './policy-allows-all.ts'
import { policyCount } from './policy-count.ts'
import { policyIpblockIneffective } from './policy-ipblock-ineffective.ts'
import { policyNotEnforced } from './policy-not-enforced.ts'
import { policyPeerMatchesNothing } from './policy-peer-matches-nothing.ts'
import { policyPortMismatch } from './policy-port-mismatch.ts'
import { policyRejected } from './policy-rejected.ts'
import { policyRuleShadowed } from './policy-rule-shadowed.ts'
import { policySelectsNothing } from './policy-selects-nothing.ts'
import { privateDnsMissing } from './private-dns-missing.ts'
import { privateEndpointAndPublic } from './private-endpoint-and-public.ts'
import { privateEndpointMissing } from './private-endpoint-missing.ts'
import { privateEndpointNotFiltered } from './private-endpoint-not-filtered.ts'
import { privateEndpointUnused } from './private-endpoint-unused.ts'
import { reservedRangeUsed } from './reserved-range-used.ts'
import { routeBlackhole } from './route-blackhole.ts'
import { routeBypass } from './route-bypass.ts'
import { routeLoop } from './route-loop.ts'
import { runCommandOn } from './run-command-on.ts'
import { serviceBecamePublic } from './service-became-public.ts'
import { serviceBlockedByNsg } from './service-blocked-by-nsg.ts'
import { serviceCidrInvalid } from './service-cidr-invalid.ts'
import { serviceEndpointBypassesFirewall } from './service-endpoint-bypasses-firewall.ts'
import { serviceExternalIps } from './service-external-ips.ts'
import { serviceNodeport } from './service-nodeport.ts'
import { serviceNotInNetwork } from './service-not-in-network.ts'
import { servicePublic } from './service-public.ts'
import { serviceSelectsNothing } from './service-selects-nothing.ts'
import { serviceSourceRangesWide } from './service-source-ranges-wide.ts'
import { serviceStatusHijack } from './service-status-hijack.ts'
import { snatPortsLow } from './snat-ports-low.ts'
import { storageNoAzureServices } from './storage-no-azure-services.ts'
import { subnetDefaultOutbound } from './subnet-default-outbound.ts'
import { subnetNoNsg } from './subnet-no-nsg.ts'
import { subnetShared } from './subnet-shared.ts'
import { subnetTooSmall } from './subnet-too-small.ts'
import { suppressionExpired } from './suppression-expired.ts'
import { suppressionIneffective } from './suppression-ineffective.ts'
import { synapseExfiltration } from './synapse-exfiltration.ts'
import { synapseIpRules } from './synapse-ip-rules.ts'
import { temporaryRule } from './temporary-rule.ts'
import { tiller } from './tiller.ts'
import { vnetDns } from './vnet-dns.ts'
import { wafBypassed } from './waf-bypassed.ts'
import { wafNotPreventing } from './waf-not-preventing.ts'
import { wafRuleLog4j } from './waf-rule-log4j.ts'
import type { Rule } from './rule.ts'

/** The catalogue, sorted by id. */
export const RULES: readonly Rule[] = [
  acrDataEndpoint,
  adminPolicyWeakened,
  aksDashboard,
  aksNetworkPolicyRetiring,
  aksNoAzurePolicy,
  aksNoNetworkPolicy,
  aksNodeSsh,
  aksPluginRetiring,
  aksPublicNodeIp,
  allowedHostPorts,
  apiServerFromPods,
  apiServerNotPrivate,
  apiServerPublic,
  apiServerRangesMissNodes,
  apiServerRangesWide,
  apiServerWidened,
  appRoutingPublic,
  asymmetricIngress,
  bastionMissing,
  blobAnonymous,
  cidrOverlap,
  configurationRefused,
  connectivityLost,
  containerGroupPublic,
  controlPlaneListener,
  crossNamespaceOpen,
  ddosPlanMissing,
  defaultDenyLost,
  defaultNamespace,
  diagnosticsOff,
  dnsEgressMissing,
  duplicateKey,
  egressInternet,
  egressNotIsolated,
  egressOneLayer,
  egressPathChanged,
  egressUninspected,
  egressWidened,
  exposedAndLoose,
  firewallAllowsAny,
  firewallBlocksAks,
  firewallDnatOpen,
  firewallFqdnNeedsDnsProxy,
  firewallFqdnWide,
  firewallIdps,
  firewallNoPolicy,
  firewallOpensSpokes,
  firewallRuleShadowed,
  firewallRuleUnused,
  firewallThreatIntel,
  firewallWidened,
  firewallWiderThanPolicies,
  flowLogs,
  gatewayNoTls,
  hiddenCharacters,
  hostNetwork,
  hostPort,
  httpApplicationRouting,
  imdsReachable,
  ingressAnyHost,
  ingressBackendMissing,
  ingressControllerRetired,
  ingressExposes,
  ingressHostConflict,
  ingressNoTls,
  ingressSnippet,
  ingressWidened,
  intentViolated,
  ipv6Gap,
  kubeletFromPods,
  kubenetRoutesMissing,
  kubernetesDashboard,
  lateralPath,
  namespaceNoDefaultDeny,
  natCalledControl,
  natGatewayIdle,
  netRaw,
  nicIpForwarding,
  nicPublicIp,
  noContainers,
  noWaf,
  nodeSshFromPods,
  nsgAnyInbound,
  nsgBlocksPlatform,
  nsgFalseSegmentation,
  nsgInternetAdminPort,
  nsgLateral,
  nsgOnManagedGroup,
  nsgOpenPort,
  nsgOutboundOpen,
  nsgRuleShadowed,
  nsgSharedPodsNodes,
  nsgUnattached,
  nsgWhereNotAllowed,
  nsgWidePrivateSource,
  nsgWidened,
  openaiOutbound,
  outboundTypeMismatch,
  paasAzureServices,
  paasOpenToAll,
  paasPublicEndpoint,
  paasRangeWide,
  paasWidened,
  peeringOpens,
  podCidrTooSmall,
  podSecurityPolicy,
  policyAllowsAll,
  policyCount,
  policyIpblockIneffective,
  policyNotEnforced,
  policyPeerMatchesNothing,
  policyPortMismatch,
  policyRejected,
  policyRuleShadowed,
  policySelectsNothing,
  privateDnsMissing,
  privateEndpointAndPublic,
  privateEndpointMissing,
  privateEndpointNotFiltered,
  privateEndpointUnused,
  reservedRangeUsed,
  routeBlackhole,
  routeBypass,
  routeLoop,
  runCommandOn,
  serviceBecamePublic,
  serviceBlockedByNsg,
  serviceCidrInvalid,
  serviceEndpointBypassesFirewall,
  serviceExternalIps,
  serviceNodeport,
  serviceNotInNetwork,
  servicePublic,
  serviceSelectsNothing,
  serviceSourceRangesWide,
  serviceStatusHijack,
  snatPortsLow,
  storageNoAzureServices,
  subnetDefaultOutbound,
  subnetNoNsg,
  subnetShared,
  subnetTooSmall,
  suppressionExpired,
  suppressionIneffective,
  synapseExfiltration,
  synapseIpRules,
  temporaryRule,
  tiller,
  vnetDns,
  wafBypassed,
  wafNotPreventing,
  wafRuleLog4j,
]
