import Testing

/// Descriptions of access, as `kubectl describe` prints them.
@Suite struct AccessDescriptionTests {
    @Test func serviceAccount() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: robot, namespace: default, labels: {app: web}}
                imagePullSecrets: [{name: registry}, {name: mirror}]
                secrets: [{name: mounted}]
                """,
            """
            Name:                robot
            Namespace:           default
            Labels:              app=web
            Annotations:         <none>
            Image pull secrets:  registry
                                 mirror
            Events:              <none>
            """)
    }

    /// The verbs of a resource are gathered from all rules, and ordered by them.
    @Test func role() throws {
        try expectDescription(
            of: """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: keeper, namespace: default}
                rules:
                - {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}
                - {apiGroups: [apps], resources: [deployments, deployments/scale], verbs: ["*"]}
                - {apiGroups: [""], resources: [pods], verbs: [delete]}
                - {apiGroups: [""], resources: [configmaps], resourceNames: [settings, extra], verbs: [update]}
                """,
            """
            Name:         keeper
            Labels:       <none>
            Annotations:  <none>
            PolicyRule:
              Resources               Non-Resource URLs  Resource Names  Verbs
              ---------               -----------------  --------------  -----
              deployments.apps/scale  []                 []              [*]
              deployments.apps        []                 []              [*]
              pods                    []                 []              [get list watch delete]
              pods/log                []                 []              [get list watch]
              configmaps              []                 [extra]         [update]
              configmaps              []                 [settings]      [update]
            """)
    }

    @Test func clusterRole() throws {
        try expectDescription(
            of: """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: auditor, labels: {level: high}}
                rules:
                - {nonResourceURLs: [/healthz, /metrics], verbs: [get, head]}
                - {apiGroups: [""], resources: [nodes], verbs: [get]}
                - {apiGroups: ["", metrics.k8s.io], resources: ["*"], verbs: [list]}
                """,
            """
            Name:         auditor
            Labels:       level=high
            Annotations:  <none>
            PolicyRule:
              Resources         Non-Resource URLs  Resource Names  Verbs
              ---------         -----------------  --------------  -----
                                [/healthz]         []              [get]
                                [/metrics]         []              [get]
              nodes             []                 []              [get]
                                [/healthz]         []              [head]
                                [/metrics]         []              [head]
              *                 []                 []              [list]
              *.metrics.k8s.io  []                 []              [list]
            """)
    }

    @Test func roleBinding() throws {
        try expectDescription(
            of: """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: keepers, namespace: default}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: keeper}
                subjects:
                - {kind: ServiceAccount, name: robot, namespace: default}
                - {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}
                """,
            """
            Name:         keepers
            Labels:       <none>
            Annotations:  <none>
            Role:
              Kind:  Role
              Name:  keeper
            Subjects:
              Kind            Name   Namespace
              ----            ----   ---------
              ServiceAccount  robot  default
              User            jane
            """)
    }

    @Test func clusterRoleBinding() throws {
        try expectDescription(
            of: """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: auditors, annotations: {note: yearly}}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: auditor}
                subjects:
                - {kind: Group, apiGroup: rbac.authorization.k8s.io, name: auditors}
                """,
            """
            Name:         auditors
            Labels:       <none>
            Annotations:  note: yearly
            Role:
              Kind:  ClusterRole
              Name:  auditor
            Subjects:
              Kind   Name      Namespace
              ----   ----      ---------
              Group  auditors
            """)
    }

    @Test func certificateSigningRequest() throws {
        try expectDescription(
            of: """
                apiVersion: certificates.k8s.io/v1
                kind: CertificateSigningRequest
                metadata: {name: jane, creationTimestamp: "2026-01-01T00:00:05Z", labels: {team: dev}}
                spec:
                  signerName: kubernetes.io/kube-apiserver-client
                  expirationSeconds: 86400
                  username: kubernetes-admin
                  usages: [client auth]
                  request: "\\
                    LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQnZqQ0NBV1FDQVFBd2daSXhEVEFMQmdOVkJBTU1C\\
                    R3BoYm1VeERUQUxCZ05WQkFvTUJHUmxkbk14RERBSwpCZ05WQkFvTUEyOXdjekVOTUFzR0ExVUVDd3dFWldGemRERUxN\\
                    QWtHQTFVRUJoTUNSbEl4RGpBTUJnTlZCQWNNCkJWQmhjbWx6TVF3d0NnWURWUVFJREFOSlpFWXhEakFNQmdOVkJBa01C\\
                    VEVnY25WbE1RNHdEQVlEVlFRUkRBVTMKTlRBd01URUtNQWdHQTFVRUJSTUJOekJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdT\\
                    TTQ5QXdFSEEwSUFCSXpHWTQwZwplNmhrTU01YlBQTFU5RVVuVmgrc1RtMjhSNmVJS0pxaWIxbThiYVBiTFFuaHNobUJI\\
                    TDBpY1EybUdtcUt4VEJ0CllNeU01QkpxakxxVG9RYWdiekJ0QmdrcWhraUc5dzBCQ1E0eFlEQmVNRndHQTFVZEVRUlZN\\
                    Rk9DRFdFdVpYaGgKYlhCc1pTNWpiMjJDRFdJdVpYaGhiWEJzWlM1amIyMkhCQW9BQUFHSEVQMEFBQUFBQUFBQUFBQUFB\\
                    QUFBQUFHQgpEV3BBWlhoaGJYQnNaUzVqYjIyR0RITndhV1ptWlRvdkwzZ3ZlVEFLQmdncWhrak9QUVFEQWdOSUFEQkZB\\
                    aUJJCmRzQjNGWERGT2RKSUJBUTQ0OGptZjZWL3gxb3o3ZGhRaWlVbU5lTVp1Z0loQUlPdElOVUs3UjEvK1RMeWNYSTUK\\
                    RUF4cG54OU9DNmFINmJxbXZEbDVqMUlKCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=\\
                    "
                status: {certificate: QUJD, conditions: [{type: Approved, status: "True"}]}
                """,
            """
            Name:                jane
            Labels:              team=dev
            Annotations:         <none>
            CreationTimestamp:   Thu, 01 Jan 2026 00:00:05 +0000
            Requesting User:     kubernetes-admin
            Signer:              kubernetes.io/kube-apiserver-client
            Requested Duration:  24h
            Status:              Approved,Issued
            Subject:
              Common Name:          jane
              Serial Number:        7
              Organization:         devs
                                    ops
              Organizational Unit:  east
              Country:              FR
              Locality:             Paris
              Province:             IdF
              StreetAddress:        1 rue
              PostalCode:           75001
            Subject Alternative Names:
                     DNS Names:        a.example.com
                                       b.example.com
                     Email Addresses:  j@example.com
                     URIs:             spiffe://x/y
                     IP Addresses:     10.0.0.1
                                       fd00::1
            Events:  <none>
            """)
    }

    @Test func pendingRequest() throws {
        try expectDescription(
            of: """
                apiVersion: certificates.k8s.io/v1
                kind: CertificateSigningRequest
                metadata: {name: bob, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec:
                  signerName: example.com/signer
                  usages: [client auth]
                  request: "\\
                    LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISU1IQUNBUUF3RGpFTU1Bb0dBMVVFQXd3RFltOWlN\\
                    Rmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRApRZ0FFak1aampTQjdxR1F3emxzODh0VDBSU2RXSDZ4T2JieEhw\\
                    NGdvbXFKdldieHRvOXN0Q2VHeUdZRWN2U0p4CkRhWWFhb3JGTUcxZ3pJemtFbXFNdXBPaEJxQUFNQW9HQ0NxR1NNNDlC\\
                    QU1DQTBnQU1FVUNJR0hBd1pKd2xjTk8KUjZqKzlnWjdKbVpsN0ZwakpFcFVzWi9seUxKemJVTytBaUVBeXU3RjhLcnJy\\
                    Y2F5bGxmU3NSYlJCajN1aklwMwpxb3ppaFEwVDQ1dHJqaG89Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0t\\
                    LQo=\\
                    "
                """,
            """
            Name:               bob
            Labels:             <none>
            Annotations:        <none>
            CreationTimestamp:  Thu, 01 Jan 2026 00:00:05 +0000
            Requesting User:
            Signer:             example.com/signer
            Status:             Pending
            Subject:
                     Common Name:    bob
                     Serial Number:
            Events:  <none>
            """)
    }
}
