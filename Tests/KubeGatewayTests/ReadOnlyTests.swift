import ClusterDriver
import Foundation
import KubeAPI
import KubeClient
import Testing

/// What clients meet while the cluster's journal keeps nothing more.
@Suite("A cluster that is read-only")
struct ReadOnlyTests {
    private static let json = [("Content-Type", "application/json")]
    private static let configMaps = "/api/v1/namespaces/default/configmaps"

    /// Until the cluster has an object, whether or not anybody is told of it.
    private func waitForObject(_ key: ObjectKey, _ gateway: TestGateway) -> Revision {
        let looked = DispatchSemaphore(value: 0)
        let found = Found()
        while found.revision == 0 {
            gateway.driver.perform { cluster in
                if cluster.server.store.object(key) != nil { found.revision = cluster.server.store.revision }
                looked.signal()
                return nil
            }
            looked.wait()
        }
        return found.revision
    }

    private final class Found: @unchecked Sendable { var revision: Revision = 0 }

    /// The first that fails is told why, and not after a minute that it took long.
    @Test func theWriteThatFindsTheDiskFullIsToldSo() throws {
        let gateway = try TestGateway(isDurable: true)
        defer { gateway.stop() }
        let before = waitForObject(ObjectKey(.namespace, namespace: "", name: "default"), gateway)
        gateway.driver.setDurability(Durability(revision: before))
        let connection = try gateway.connect()
        defer { connection.close() }
        connection.sendRequest(
            "POST", Self.configMaps, headers: Self.json, body: "{\"metadata\":{\"name\":\"first\"}}")
        _ = waitForObject(ObjectKey(.configMap, namespace: "default", name: "first"), gateway)
        gateway.driver.setDurability(Durability(revision: before, failure: "no space is left."))
        let response = try connection.response()
        #expect(response.status == 504)
        #expect(
            try response.json["message"]
                == "the cluster is read-only: no space is left. What was asked for is done when it goes on.")

        // Those after it are refused, reads are answered, and whoever asks is told that not all is well.
        let second = try gateway.createConfigMap("second")
        #expect(second.status == 503)
        #expect(try second.json["message"] == "the cluster is read-only: no space is left.")
        #expect(try gateway.request("DELETE", Self.configMaps + "/kube-root-ca.crt").status == 503)
        #expect(try gateway.request("GET", Self.configMaps).status == 200)
        #expect(try gateway.request("GET", "/metrics").status == 200)
        for endpoint in ["/readyz", "/livez", "/healthz"] {
            let health = try gateway.request("GET", endpoint)
            #expect(health.status == 500)
            #expect(health.text.contains("[-]etcd failed: reason withheld\n"))
        }

        gateway.driver.setDurability(Durability(revision: .max))
        #expect(try gateway.createConfigMap("third").status == 201)
        #expect(try gateway.request("GET", Self.configMaps + "/first").status == 200)
        #expect(try gateway.request("GET", "/readyz").text == "ok")
    }

    /// As under etcd's NOSPACE alarm: deletes are done, and puts are not.
    @Test func deletionsMakeRoomUnderAQuota() throws {
        let gateway = try TestGateway(isDurable: true)
        defer { gateway.stop() }
        for name in ["a", "b", "c"] { #expect(try gateway.createConfigMap(name).status == 201) }
        gateway.driver.setDurability(Durability(revision: .max, failure: "Too much.", takesDeletions: true))
        #expect(try gateway.createConfigMap("d").json["message"] == "the cluster is read-only: Too much.")
        #expect(try gateway.request("DELETE", Self.configMaps + "/a").status == 200)
        #expect(try gateway.request("DELETE", Self.configMaps + "/a").status == 404)
        #expect(try gateway.request("DELETE", Self.configMaps + "?fieldSelector=metadata.name%3Db").status == 200)
        #expect(try gateway.request("GET", Self.configMaps + "/b").status == 404)
        // What a deletion only begins is a write.
        let namespace = try gateway.request("DELETE", "/api/v1/namespaces/default")
        #expect(namespace.status == 503 || namespace.status == 403)
        let pods = try gateway.request("GET", "/api/v1/namespaces/kube-system/pods").json["items"]?.arrayValue ?? []
        let names = pods.compactMap { $0["metadata"]?["name"]?.stringValue }
        let pod = try #require(names.first { $0.hasPrefix("kube-proxy-") })
        let path = "/api/v1/namespaces/kube-system/pods/\(pod)"
        let refusal = try gateway.request("DELETE", path)
        #expect(refusal.status == 503)
        #expect(try refusal.json["message"]?.stringValue?.contains("--grace-period=0 --force") == true)
        #expect(try gateway.request("GET", path).json["metadata"]?["deletionTimestamp"] == nil)
        #expect(try gateway.request("DELETE", path + "?gracePeriodSeconds=0").status == 200)
        // It lives, and is not ready.
        #expect(try gateway.request("GET", "/livez").status == 200)
        #expect(try gateway.request("GET", "/readyz").text.contains("[-]etcd-readiness failed"))
    }
}
