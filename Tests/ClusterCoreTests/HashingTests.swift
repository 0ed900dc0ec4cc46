import ClusterCore
import Testing

@Suite struct HashingTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func takesTheDigestsOfTheStandard(text: String, digest: String) {
        #expect(SHA256.hexadecimal(SHA256.hash(text)) == digest)
        #expect(SHA256.hexadecimal(SHA256.hash(Array(text.utf8))) == digest)
    }

    /// Lengths at which the padding begins another block.
    @Test(arguments: [
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
        (119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
    ])
    func padsToWholeBlocks(count: Int, digest: String) {
        #expect(SHA256.hexadecimal(SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: count))) == digest)
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        let whole = SHA256.hash(bytes)
        #expect(SHA256.hexadecimal(whole) == "a8af099bf2e878609558dbf69d8f88f4a31040a8cf84b549a0cfa912f12ffc3f")
        var random = SeededRandom(seed: 5)
        for _ in 0..<200 {
            var hash = SHA256()
            var start = 0
            while start < bytes.count {
                let end = min(start + random.below(200), bytes.count)
                hash.update(Array(bytes[start..<end]))
                start = end
            }
            #expect(hash.finalize() == whole)
            #expect(hash.finalize() == whole)
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "MY======"), ("fo", "MZXQ===="), ("foo", "MZXW6==="), ("foob", "MZXW6YQ="),
        ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI======"),
    ])
    func encodesBase32(text: String, encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
    }

    /// As kube-proxy names the chain of the port `default/web:http`.
    @Test func namesChainsAsTheProxyDoes() {
        #expect(Base32.encode(SHA256.hash("default/web:httptcp")).prefix(16) == "CDGGSHYLG3RE2FKL")
    }

    @Test(arguments: [
        ("", "6c62272e07bb014262b821756295c58d"), ("a", "d228cb696f1a8caf78912b704e4a8964"),
        ("foobar", "343e1662793c64bf6f0d3597ba446f18"),
    ])
    func takesWideFowlerNollVoHashes(text: String, digest: String) {
        #expect(String(FNV128a.hash(text), radix: 16) == digest)
    }

    @Test(
        arguments: [
            ("", 0xCBF2_9CE4_8422_2325, 0x811C_9DC5), ("a", 0xAF63_DC4C_8601_EC8C, 0xE40C_292C),
            ("foobar", 0x8594_4171_F739_67E8, 0xBF9C_F968),
        ] as [(String, UInt64, UInt32)])
    func takesFowlerNollVoHashes(text: String, wide: UInt64, narrow: UInt32) {
        #expect(StableHash.hash(text) == wide)
        #expect(FNV32a.hash(text) == narrow)
        #expect(FNV32a.hash(bytes: text.utf8) == narrow)
    }

    @Test func numbersAreCombinedLowestByteFirst() {
        var number = StableHash()
        number.combine(0x0807_0605_0403_0201 as UInt64)
        var bytes = StableHash()
        bytes.combine(bytes: [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(number == bytes)
    }
}
