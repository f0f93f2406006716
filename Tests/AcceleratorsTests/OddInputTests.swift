import API
import Accelerators
import HTTPTypes
import Model
import StoreSQLite
import TestJSON
import Testing

/// What honest and dishonest clients send by mistake: never a 5xx, always a sentence, and it names the place.
@Suite struct OddInputTests {
    /// JSON values of every sort and size, as they stand on the wire.
    static let values = [
        "null", "true", "0", "-1", "2.0", "1.5", "-0", "1e400", "1e30", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "123456789012345678901234567890", "\"\"", "\" \"", "\"x\"", "\"\\u0000\"",
        "\"a\\u0000b\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\uffff\"", "\"\\u202e\"",
        "\"e\\u0301\"", "\"\\n\\t\\u001f\"", "\"' OR 1=1 --\"", "\"%s%n$1?\"", "\"../../etc/passwd\"",
        "\"\(String(repeating: "a", count: 300))\"", "\"\(String(repeating: "\u{1F600}", count: 70_000))\"",
        "\"00000000-0000-0000-0000-000000000000\"", "[]", "[[]]", "[null]", "[{}]", "{}", "{\"\":\"\"}", "{\"\":null}",
        "{\"x\":{\"y\":[1,2,{\"z\":null}]}}", "{\"a\":1,\"a\":\"b\"}", "{\"\\u0000\":1}", "[1,2,3,\"x\",null]",
        String(repeating: "[", count: 70) + String(repeating: "]", count: 70), "NaN", "Infinity", "01", "'x'", "",
    ]

    /// Texts for paths, queries and headers, percent-encoded where they must be.
    static let texts = [
        "", "x", "0", "-1", "1.5", "9223372036854775808", "%00", "a%00b", "%", "%zz", "%ff%fe", "%F0%9F%98%80", "%20",
        "e%CC%81", "%27%20OR%201%3D1%20--", "..", "%2E%2E%2F", "a%2Fb", "a;b", "%0d%0aX:1", "+", "null", "true",
        "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", ",", ",,x,,",
        String(repeating: "a", count: 5000),
    ]

    static let instance = "10000000-0000-4000-8000-000000000009"
    static let arq = "50000000-0000-4000-8000-000000000000"

    static let bodies: [String: JSON] = [
        "POST /v2/device_profiles": [
            [
                "name": "odd", "uuid": "60000000-0000-4000-8000-000000000000", "description": "d",
                "groups": [["resources:FPGA": "1", "trait:CUSTOM_A": "required", "accel:x": "y"]],
            ]
        ],
        "POST /v2/accelerator_requests": ["device_profile_name": "p", "image_uuid": nil],
        "PATCH /v2/accelerator_requests": [
            "50000000-0000-4000-8000-000000000000": [
                ["path": "/hostname", "op": "add", "value": "host-a"],
                ["path": "/device_rp_uuid", "op": "add", "value": .text("\(Reports.provider(1))")],
                ["path": "/instance_uuid", "op": "add", "value": .text(instance)],
                ["path": "/project_id", "op": "add", "value": "blue"],
            ]
        ],
        "PUT /v2/accelerator_requests/{uuid}/binding": [
            "hostname": "host-a", "device_rp_uuid": .text("\(Reports.provider(1))"), "instance_uuid": .text(instance),
        ],
        "POST /v2/hosts/{host}/disable": ["reason": "r"],
        "POST /v2/attributes": ["deployable_id": 1, "key": "k", "value": "v"],
        "PATCH /v2/deployables/{uuid}/program": [
            ["path": "/program", "op": "add", "value": [["image_uuid": .text(arq)]]]
        ],
    ]

    func world() async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 2)]))
        try await fixture.profile("p")
        return fixture
    }

    static func template(_ endpoint: Endpoint) -> JSON? {
        let key = "\(endpoint.method.rawValue) \(endpoint.path)"
        return bodies[key] ?? bodies["\(endpoint.method.rawValue) /v2/accelerator_requests"]
    }

    /// An answer that a client can act on.
    func check(_ answer: Answer, _ what: @autoclosure () -> String) {
        #expect(answer.status < 500, "\(what()) → \(answer.status)")
        guard answer.status >= 400 else { return }
        #expect(!answer.fault.isEmpty, "\(what()) → '\(answer.fault.prefix(200))'")
        #expect(answer.json["error_message"].text.contains("faultcode"))
        #expect(answer.bytes.count < 8000, "\(what()) → \(answer.bytes.count) bytes")
        for secret in ["SELECT", "sqlite", "accelerator_requests r", "StoreError"] {
            #expect(!answer.fault.contains(secret), "\(what()) → \(answer.fault.prefix(200))")
        }
    }

    @Test(arguments: OddInputTests.bodies.keys.sorted())
    func `no body brings it down, and a refusal names the place`(key: String) async throws {
        let fixture = try await world()
        let endpoint = try #require(fixture.service.endpoints.first { "\($0.method.rawValue) \($0.path)" == key })
        let template = try #require(Self.bodies[key])
        let path = "\(endpoint.path)".replacing("{uuid}", with: Self.arq).replacing("{host}", with: "host-a")
        for body in OddBody.all(of: template, odd: Self.values) {
            let answer = try await fixture.raw(
                endpoint.method, path, body.bytes, as: .adminThroughService, version: "2.4")
            let shown = String(decoding: body.bytes.prefix(300), as: UTF8.self)
            check(answer, "\(key) \(shown)")
            if answer.status == 400, let name = body.name {
                #expect(
                    answer.fault.contains(name) || answer.fault.contains("JSON") || answer.fault.contains("body")
                        || answer.fault.contains("value") || answer.fault.contains("members"),
                    "\(name) is not in '\(answer.fault.prefix(200))'; \(shown)")
            }
        }
    }

    @Test func `bodies that are no JSON, of the wrong type, or missing`() async throws {
        let fixture = try await world()
        let bodies: [[UInt8]] = [
            [], [0x00], [0xff, 0xfe], [0xef, 0xbb, 0xbf, 0x7b, 0x7d], Array("{".utf8), Array("{}{}".utf8),
            Array("name=x&groups=y".utf8), Array("<xml/>".utf8), [0x22, 0xc3, 0x28, 0x22],
            [0x22, 0xed, 0xa0, 0x80, 0x22],
            Array(repeating: UInt8(ascii: "["), count: 100_000),
        ]
        let types: [String?] = [
            nil, "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", ";",
            "application/json, text/plain",
        ]
        for endpoint in fixture.service.endpoints where endpoint.body != nil {
            let path = "\(endpoint.path)".replacing("{uuid}", with: Self.arq).replacing("{host}", with: "host-a")
            for body in bodies {
                for type in types {
                    let answer = try await fixture.raw(
                        endpoint.method, path, body, as: .adminThroughService, version: "2.4", contentType: type)
                    check(answer, "\(endpoint.method) \(path) \(type ?? "-") \(body.prefix(20))")
                    #expect(answer.status == 400 || answer.status == 415, "\(path) \(type ?? "-") \(answer.status)")
                }
            }
        }
    }

    @Test func `paths, queries and headers of every endpoint`() async throws {
        let fixture = try await world()
        for endpoint in fixture.service.endpoints {
            let body = Self.template(endpoint).map { $0.bytes(replacing: [.key("none")], with: nil) } ?? []
            func send(_ target: String, _ headers: [(String, String)] = []) async throws {
                let answer = try await fixture.raw(
                    endpoint.method, target, endpoint.body == nil ? [] : body, as: .adminThroughService,
                    version: headers.isEmpty ? "2.4" : nil, headers: headers)
                check(answer, "\(endpoint.method) \(target.prefix(200)) \(headers)")
            }
            let parts = "\(endpoint.path)".split(separator: "/").map(String.init)
            let plain = "/" + parts.map { $0.hasPrefix("{") ? Self.arq : $0 }.joined(separator: "/")
            for (index, part) in parts.enumerated() where part.hasPrefix("{") {
                for text in Self.texts {
                    var odd = parts
                    odd[index] = text
                    try await send("/" + odd.map { $0.hasPrefix("{") ? Self.arq : $0 }.joined(separator: "/"))
                }
            }
            let names = endpoint.query.parameters.map(\.name) + ["odd", "%00", "%ff", "a%5B%5D", ""]
            for name in names {
                let isKnown = endpoint.query.parameters.contains { $0.name == name }
                for text in isKnown ? Self.texts : ["", "%00", "x"] { try await send("\(plain)?\(name)=\(text)") }
                try await send("\(plain)?\(name)")
                try await send("\(plain)?\(name)=a&\(name)=b")
                try await send("\(plain)?&&=&\(name)=\(Self.arq)&\(name)=\(Self.arq)#x")
            }
            for version in [
                "", " ", "2", "2.", "2.99", "-1.0", "99999999999999999999.1", "x", "accelerator", "accelerator 2.4 x",
                "compute 2.1", "accelerator latest", "accelerator 2.1,compute 2.1", "accelerator ,", "2.4,2.3",
                "accelerator \u{1F600}",
            ] {
                try await send(plain, [("OpenStack-API-Version", version)])
            }
            for accept in ["", "application/xml", "*/*;q=0", "application/json;q=x", ",,,", "text/*", "a/b/c"] {
                try await send(plain, [("Accept", accept)])
            }
        }
    }

    @Test func `lists in parameters are bounded`() async throws {
        let fixture = try await world()
        let many = Array(repeating: Self.arq, count: 1001).joined(separator: ",")
        let calls: [(HTTPRequest.Method, String, String)] = [
            (.get, "/v2/device_profiles", "name"), (.delete, "/v2/device_profiles", "value"),
            (.delete, "/v2/accelerator_requests", "arqs"),
        ]
        for (method, path, name) in calls {
            let answer = try await fixture.raw(method, "\(path)?\(name)=\(many)", [], as: .admin)
            #expect(answer.status == 400)
            #expect(answer.fault.contains("'\(name)' holds 1001 values"))
        }
    }

    @Test func `filters by field take odd values`() async throws {
        let fixture = try await world()
        let fields = [
            "uuid", "type", "vendor", "id", "device_id", "created_at", "num_accelerators", "limit", "marker",
            "sort_key",
            "sort_dir", "name", "nonsense", "",
        ]
        for collection in ["devices", "deployables"] {
            for field in fields {
                for text in Self.texts {
                    let path = "/v2/\(collection)?filters.field=\(field)&filters.value=\(text)"
                    check(try await fixture.raw(.get, path, [], as: .admin), path)
                }
            }
        }
    }

    /// Up to 2.3 three mistakes answer 500, because published tests of the contract assert it; nothing else does.
    @Test func `the contract's own 500s end with 2_3`() async throws {
        let fixture = try await world()
        let group: JSON = ["resources:FPGA": "1"]
        let taken: JSON = "70000000-0000-4000-8000-000000000000"
        _ = try await fixture.call(.post, "/v2/device_profiles", [["name": "a", "uuid": taken, "groups": [group]]])
        let cases: [(JSON, Int)] = [
            ([["groups": [group]]], 400), ([["name": "", "groups": [group]]], 400),
            ([["name": .text(String(repeating: "a", count: 256)), "groups": [group]]], 400),
            ([["name": "b", "uuid": taken, "groups": [group]]], 409),
        ]
        for (body, status) in cases {
            #expect(try await fixture.call(.post, "/v2/device_profiles", body, version: "2.3").status == 500)
            #expect(try await fixture.call(.post, "/v2/device_profiles", body, version: "2.4").status == status)
        }
    }
}
