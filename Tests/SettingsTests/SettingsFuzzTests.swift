import Model
import Settings
import TestFuzz
import Testing

/// Configuration files of any form are settings or a list of what is wrong.
@Suite struct SettingsFuzzTests {
    private static let samples = [
        """
        listen: {address: "127.0.0.1:7780", max_connections: 100, drain_time: 20s}
        database: {url: "sqlite:///var/lib/k.sqlite", connections: 8}
        identity: {password_hash_rounds: 10, lockout_duration: 30m}
        """,
        """
        pci:
          device_spec:
            - {vendor_id: "10de", product_id: "2330", resource_class: CUSTOM_GPU, traits: CUSTOM_HOPPER}
            - {address: {domain: "0000", bus: "3b", slot: "*", function: "0"}, physical_network: null}
        agent:
          enabled_drivers: [pci, mdev]
          partitions: [{address: "0000:3b:00.0", virtual_functions: 8}]
        """,
        """
        # anchors, tags and texts of several lines
        log: &log {level: debug, access: !!bool true}
        placement: *log
        auth:
          auth_strategy: >-
            noauth2
        """,
    ]
    private static let words = [
        ": ", "- ", "\n", "\n  ", "{", "}", "[", "]", "&a ", "*a", "!!int ", "!!binary ", "|\n", ">-\n", "\"", "'", "~",
        "null",
        "true", "? ", "---\n", "...\n", "%YAML 1.2\n", "<<: *a", "1h", "99999999999999999999s", "-1s",
    ]

    private struct NoFiles: SecretFiles {
        func secret(at path: String) throws(SecretFileFault) -> Secret { throw SecretFileFault("is not there") }
    }

    @Test func `settings take what comes`() {
        var accepted = 0
        Fuzzer.run("settings", samples: Self.samples.map { Array($0.utf8) }, words: Self.words, usually: 200) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(SettingsFault) {
                _ = try Settings(
                    file: (text, "fuzz.yaml"), environment: ["KILONOVA_LISTEN__ADDRESS": text], files: NoFiles(),
                    services: Sample.services)
                accepted += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        print("of them \(accepted) were settings")
    }

    @Test func `a file that grows by its own references is refused, not expanded`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let above = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(above)]\n"
        }
        #expect(throws: SettingsFault.self) {
            try Settings(file: (text, "bomb.yaml"), files: NoFiles(), services: Sample.services)
        }
    }

    @Test func `nesting without end is refused`() {
        for text in [String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000)] {
            #expect(throws: SettingsFault.self) {
                try Settings(file: (text, "deep.yaml"), files: NoFiles(), services: Sample.services)
            }
        }
    }
}
