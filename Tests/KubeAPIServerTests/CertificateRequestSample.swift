import KubeAPI

/// A request of `CN=mallory, O=system:masters` made by openssl; the key is nobody's.
enum CertificateRequestSample {
    static let text = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIH2MIGcAgEAMDoxDTALBgNVBAoMBGRldnMxFzAVBgNVBAoMDnN5c3RlbTptYXN0
        ZXJzMRAwDgYDVQQDDAdtYWxsb3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        ejeBQlB4QtnhtdJ5BeUhShIbCp2Xgalyi9ektGrPTyqzpbg4dZC4ZuVHEquBnE98
        XNJvyY8GxGvZ+Zf9NKX/A6AAMAoGCCqGSM49BAMCA0kAMEYCIQDynKinzwSoGGmo
        NjA8zXlSKVMLev19gWCa19Pfqni27AIhAMXeerqozDnCWLxGIqudZhK0RWXm1n4l
        LOx9UWvuGzoE
        -----END CERTIFICATE REQUEST-----

        """

    static var base64: String { Base64Data(Array(text.utf8)).base64 }
}
