import Testing

/// Descriptions of configuration, as `kubectl describe` prints them.
@Suite struct ConfigurationDescriptionTests {
    /// Keys in their order, and tabs as columns.
    @Test func configMap() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings, namespace: default, labels: {app: web, tier: front}}
                data:
                  mode: fast
                  server.conf: "listen 80;\\n\\troot /srv;\\n"
                binaryData: {icon: AAECAwQ=}
                """,
            """
            Name:         settings
            Namespace:    default
            Labels:       app=web
                          tier=front
            Annotations:  <none>

            Data
            ====
            mode:
            ----
            fast

            server.conf:
            ----
            listen 80;
              root /srv;



            BinaryData
            ====
            icon: 5 bytes

            Events:  <none>
            """)
    }

    @Test func emptyConfigMap() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: empty, namespace: default}
                """,
            """
            Name:         empty
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>

            Data
            ====

            BinaryData
            ====

            Events:  <none>
            """)
    }

    /// Sizes alone.
    @Test func secret() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Secret
                metadata: {name: keys, namespace: default, annotations: {owner: ops}}
                type: Opaque
                data: {user: YWRtaW4=, password: c2VjcmV0IHRleHQ=}
                """,
            """
            Name:         keys
            Namespace:    default
            Labels:       <none>
            Annotations:  owner: ops

            Type:  Opaque

            Data
            ====
            password:  11 bytes
            user:      5 bytes
            """)
    }

    /// kubectl shows this value in full; the console does not.
    @Test func tokenSecret() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Secret
                metadata: {name: robot-token, namespace: default}
                type: kubernetes.io/service-account-token
                data: {token: ZXlKaGJHY2k=, namespace: ZGVmYXVsdA==}
                """,
            """
            Name:         robot-token
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>

            Type:  kubernetes.io/service-account-token

            Data
            ====
            namespace:  7 bytes
            token:      8 bytes
            """)
    }
}
