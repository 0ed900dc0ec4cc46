/// Requests and a certificate made by openssl; the keys are nobody's.
package enum CertificateSamples {
    /// `CN=jane, O=dev`.
    package static let jane = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIHWMH8CAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEXh4z/NwyWKHdWxEmpBXASt5R+2inCAsOx86b6gV8
        xk41NjkQzIXuoD4sDkUjpuqQmwhmr9sGWLqev+a0vHNChKAAMAoGCCqGSM49BAMC
        A0cAMEQCIHQYEUY9ZMdDg6zY/WatwMj+jGOmypnwhB/AQT8FYq5bAiAJAP2bOGO9
        zkmTLBTiEC7ulYYwWJ3+y7HLZi4hxo2e1w==
        -----END CERTIFICATE REQUEST-----

        """

    /// The key by which jane's request is signed.
    package static let keyOfJane = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoZH5Rwf5CE7fNSnj
        Zj9yKvz/Pq47yXHp+7OHhJQWCAKhRANCAAReHjP83DJYod1bESakFcBK3lH7aKcI
        Cw7HzpvqBXzGTjU2ORDMhe6gPiwORSOm6pCbCGav2wZYup6/5rS8c0KE
        -----END PRIVATE KEY-----

        """

    /// `CN=mallory, O=devs, O=system:masters`.
    package static let mallory = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIH2MIGcAgEAMDoxDTALBgNVBAoMBGRldnMxFzAVBgNVBAoMDnN5c3RlbTptYXN0
        ZXJzMRAwDgYDVQQDDAdtYWxsb3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        ejeBQlB4QtnhtdJ5BeUhShIbCp2Xgalyi9ektGrPTyqzpbg4dZC4ZuVHEquBnE98
        XNJvyY8GxGvZ+Zf9NKX/A6AAMAoGCCqGSM49BAMCA0kAMEYCIQDynKinzwSoGGmo
        NjA8zXlSKVMLev19gWCa19Pfqni27AIhAMXeerqozDnCWLxGIqudZhK0RWXm1n4l
        LOx9UWvuGzoE
        -----END CERTIFICATE REQUEST-----

        """

    /// `CN=system:node:node-1, O=system:nodes`.
    package static let kubelet = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIHwMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lz
        dGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAET06blIzo
        PDzWLsNjHdyCzpntXGjF5Cdg+qbj/sldU8Ygzam3Mr63AaUd5p7Yz+2nTMMEsBt0
        r/AMDuBCjQuelqAAMAoGCCqGSM49BAMCA0kAMEYCIQCcVWEyYUbtJvJoITkXAMV2
        Z/tBSDovIoTNNwTPdb2o4gIhAJ4EvddIAPVoS85s6ojUvYHCJ1BKPw399+DOkP0q
        x/R7
        -----END CERTIFICATE REQUEST-----

        """

    /// `CN=system:node:node-1, O=system:nodes`, also known as `node-1` and `172.18.0.2`.
    package static let kubeletServing = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIIBGjCBwAIBADA0MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGzAZBgNVBAMMEnN5
        c3RlbTpub2RlOm5vZGUtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKJliOH0
        NHQM1pltsRltoqCnB0W1e6sefT77hWrwmJJQvQ9LXtUpWpoTb/Tdn0u/3Q06a+ii
        1iLp8pkh98RhVvWgKjAoBgkqhkiG9w0BCQ4xGzAZMBcGA1UdEQQQMA6CBm5vZGUt
        MYcErBIAAjAKBggqhkjOPQQDAgNJADBGAiEAte2jr/YvmEdxQ4xcXJLg+mU6AN7x
        QfQZyCxmw87dOOkCIQCCOgqyIaWEgyv5Zw+PV1RIUaN05UHgU1DdPof3wP4lQw==
        -----END CERTIFICATE REQUEST-----

        """

    /// Good from 2026-01-01T00:00:00Z until twenty minutes later.
    package static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBETCBuAIBATAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJjYTAeFw0yNjAxMDEw
        MDAwMDBaFw0yNjAxMDEwMDIwMDBaMB0xDTALBgNVBAMMBGphbmUxDDAKBgNVBAoM
        A2RldjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF4eM/zcMlih3VsRJqQVwEre
        UftopwgLDsfOm+oFfMZONTY5EMyF7qA+LA5FI6bqkJsIZq/bBli6nr/mtLxzQoQw
        CgYIKoZIzj0EAwIDSAAwRQIgeRzDJlZRP3U5HQdIvaub4zO69RT8LmrVV6/2LpCO
        Nr4CIQDI5+pje0hEb/Xf/ogKSyAsLDxnnZXCC0Bl0jC9a5iE9Q==
        -----END CERTIFICATE-----

        """
}
