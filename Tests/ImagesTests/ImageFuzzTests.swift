import Clients
import Model
import TestFuzz
import Testing

@testable import API
@testable import Images

/// What clients may send about images in any form is taken or refused, and the refusal says why.
@Suite struct ImageFuzzTests {
    private static let words = [
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "\"op\"", "\"add\"", "\"remove\"", "\"path\"", "\"/", "~0",
        "~1", "~", "\"value\"", "\"name\"", "\"id\"", "\"tags\"", "\"locations\"", "os_glance_", "\"owner\"",
    ]

    /// Runs `body` on what has the form of the schema, as an endpoint would, and counts what it took.
    private func take(
        _ target: String, _ schema: Schema, _ samples: [String], _ body: (JSONValue) throws -> Void
    ) {
        var taken = 0
        Fuzzer.run(target, samples: samples.map { Array($0.utf8) }, words: Self.words, usually: 500) { bytes in
            guard let value = try? JSONParser.parse(bytes), schema.problem(with: value) == nil else { return }
            do {
                try body(value)
                taken += 1
            } catch {
                #expect((error as? Fault)?.message.isEmpty == false, "\(error)")
            }
        }
        #expect(taken > 0, "nothing of \(target) was taken, so nothing behind it was tried")
    }

    @Test(arguments: [ImageChange.form, ImageChange.oldForm]) func `documents of changes`(form: MediaType) {
        let samples =
            form == ImageChange.form
            ? [
                #"[{"op": "add", "path": "/a~1b~0c", "value": "x"}, {"op": "remove", "path": "/d"}]"#,
                #"[{"op": "replace", "path": "/tags", "value": ["a", "b"]}, {"op": "add", "path": "/min_ram", "value": 512}]"#,
            ]
            : [#"[{"add": "/a", "value": "x"}, {"remove": "/b"}, {"replace": "/name", "value": "n"}]"#]
        take("changes \(form)", ImageSchema.changes, samples) { value in
            let changes = try ImageChange.list(PatchDocument(mediaType: form, value: value))
            #expect(changes.allSatisfy { !$0.name.isEmpty })
        }
    }

    @Test func `new images`() throws {
        let id = try #require(ImageID("4e061c03-611e-4caa-bf26-999dcff4284e"))
        let sample = """
            {"id": "4e061c03-611e-4caa-bf26-999dcff4284f", "name": "n", "disk_format": "qcow2", "container_format": "bare",
            "visibility": "private", "min_ram": 512, "min_disk": 1, "tags": ["a"], "protected": false, "os_hidden": false,
            "hw_machine_type": "q35"}
            """
        take("new images", ImageSchema(options: ImageOptions()).creation, [sample, #"{"name": null}"#]) { value in
            let image = try ImageDraft(value).image(
                id: id, of: "p", at: Timestamp(microseconds: 1), ImageOptions())
            #expect(try image.properties.values().keys.allSatisfy { !ImageNames.isReserved($0) })
        }
    }

    @Test func `requests to import`() {
        let samples = [
            #"{"method": {"name": "web-download", "uri": "https://images.example:443/a?b=c"}, "all_stores": true}"#,
            #"{"method": {"name": "copy-image"}, "stores": ["a", "b"], "all_stores_must_succeed": false}"#,
        ]
        let rules = WebRules()
        take("imports", ImportRequest.schema, samples) { value in
            let request = try ImportRequest(
                value, header: nil, offered: ["web-download", "copy-image"], rules: rules)
            #expect(request.method != .web || request.address.map { rules.admit($0) } == true)
        }
    }

    @Test func `filters of lists`() {
        let samples = [
            #"name=in:a,"b,c",d"#, "created_at=gte:2026-01-01T00:00:00Z", "updated_at=neq:9999-12-31T23:59:59Z",
            "created_at=lt:0001-01-01T00:00:00Z", "size_min=5", "id=eq:4e061c03-611e-4caa-bf26-999dcff4284e",
            "visibility=community", "member_status=all", "protected=true", "colour=red", "tag=a",
        ]
        var taken = 0
        Fuzzer.run(
            "filters of images", samples: samples.map { Array($0.utf8) },
            words: [
                "in:", "eq:", "gte:", "neq:", "\"", "\\", ",", "=", "created_at=", "size_max=", "T00:00:00", "+14:00",
            ]
        ) { bytes in
            let parts = String(decoding: bytes, as: UTF8.self).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            do {
                _ = try ImageFilter([(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")])
                taken += 1
            } catch {
                #expect((error as? Fault)?.message.isEmpty == false, "\(error)")
            }
        }
        #expect(taken > 0)
    }

    @Test func `sizes of the configuration`() {
        Fuzzer.run(
            "storage sizes", samples: ["500GB", "10", "3MB", "0"].map { Array($0.utf8) }, words: ["KB", "TB", "B"]
        ) {
            bytes in
            let size = StorageSize(String(decoding: bytes, as: UTF8.self))
            #expect(size.map { $0.bytes >= 0 } ?? true)
        }
    }
}
