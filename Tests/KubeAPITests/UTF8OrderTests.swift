import ClusterCore
import KubeAPI
import Testing

@Suite struct UTF8OrderTests {
    @Test func differentBytesOfOneCharacterDiffer() {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        #expect(compareUTF8(composed, decomposed) != 0)
        #expect(precedesUTF8(decomposed, composed))
    }

    @Test(arguments: [
        ("", "a"), ("a", "b"), ("a", "aa"), ("web-1", "web-10"), ("web-10", "web-2"), ("kube-system", "kube-systen"),
        ("a-name-longer-than-15-bytes-1", "a-name-longer-than-15-bytes-2"), ("12345678a", "12345678b"),
        ("1234567", "12345678"), ("Z", "a"), ("\u{7F}", "\u{80}"), ("\u{FFFF}", "\u{10000}"),
    ])
    func ordersByBytes(lesser: String, greater: String) {
        #expect(precedesUTF8(lesser, greater))
        #expect(!precedesUTF8(greater, lesser))
        #expect(compareUTF8(lesser, greater) < 0)
        #expect(compareUTF8(greater, lesser) > 0)
        #expect(compareUTF8(lesser, lesser) == 0)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func agreesWithTheOrderOfBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ab-0\u{E9}\u{1F6A2}")
        func text() -> String {
            String((0..<random.below(20)).map { _ in alphabet[random.below(alphabet.count)] })
        }
        for _ in 0..<5_000 {
            let (left, right) = (text(), text())
            let bytesPrecede = Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
            #expect(precedesUTF8(left, right) == bytesPrecede, "seed \(seed): \(left) and \(right)")
            #expect((compareUTF8(left, right) == 0) == Array(left.utf8).elementsEqual(right.utf8), "seed \(seed)")
        }
    }

    @Test("Maps and JSON that differ in bytes only are not equal, as they are not in Go")
    func equality() {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let map: StringMap<String> = ["drink": composed]
        #expect(map != ["drink": decomposed])
        #expect(map == ["drink": composed])
        let value: JSONValue = ["drinks": [.string(composed), nil, true, 1]]
        #expect(value != ["drinks": [.string(decomposed), nil, true, 1]])
        #expect(value == ["drinks": [.string(composed), nil, true, 1]])
        var labeled = ConfigMap(name: "a", namespace: "default")
        labeled.data = map
        var other = labeled
        other.data = ["drink": decomposed]
        #expect(labeled.data != other.data)
        #expect(labeled != other)
        var container = Container()
        container.name = composed
        container.image = composed
        container.args = [composed]
        for change: (inout Container) -> Void in [
            { $0.name = decomposed }, { $0.image = decomposed }, { $0.args = [decomposed] },
        ] {
            var changed = container
            changed.stdin = true
            changed.stdin = nil
            #expect(changed == container)
            change(&changed)
            #expect(changed != container)
        }
        #expect(IntOrString.string(composed) != .string(decomposed))
        #expect(StringMap([("a", [composed])]) != StringMap([("a", [decomposed])]))
    }
}
