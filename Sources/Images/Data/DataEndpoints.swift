import API
import HTTPTypes
import Logging
import Model
import NIOCore
import Store

/// `/v2/images/{image_id}/file` and `/stage`: the data of an image.
struct DataEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let shelf: StoreShelf
    let uploader: Uploader
    let limits: ImageLimits
    let logger: Logger

    private static let prefer = QueryParameter<String>(
        "prefer", "Stores to read from, separated by commas, the best first")

    private static let checksum = AnswerHeader(
        .imageChecksum, "The MD5 of all data in hexadecimal, where it is known", always: false)

    var all: [Endpoint] {
        let faults: [Fault.Kind] = [.conflict, .gone]
        var endpoints = [
            Endpoint(
                .put, "/v2/images/\(ImageEndpoints.id)/file", "Upload the data of an image", query: .anything,
                body: .stream(.octetStream, limit: options.largestImage), access: .ruleInHandler("upload_image"),
                answers: .empty(), faults: faults
            ) { (call: Call, body: BodyStream) in try await upload(call, body) },
            Endpoint(
                .get, "/v2/images/\(ImageEndpoints.id)/file", "Download the data of an image",
                query: QueryRules([Self.prefer.description], unknown: .ignore),
                access: .ruleInHandler("download_image"),
                answers: .data(.octetStream).sending(Self.checksum),
                .data(.octetStream, status: 206).sending(Self.checksum), .empty(204),
                faults: [.rangeNotSatisfiable]
            ) { call in try await download(call) },
        ]
        if options.importMethods.contains("glance-direct") {
            endpoints.append(
                Endpoint(
                    .put, "/v2/images/\(ImageEndpoints.id)/stage", "Stage the data of an image for its import",
                    query: .anything, body: .stream(.octetStream, limit: options.largestImage),
                    access: .ruleInHandler("modify_image"), answers: .empty(), faults: faults
                ) { (call: Call, body: BodyStream) in try await stage(call, body) })
        }
        return endpoints
    }

    private func upload(_ call: Call, _ body: BodyStream) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let entry = try entry(call.headers[.imageStore])
        let announced = try Self.size(call)
        // What the client does not say counts when it is there.
        let amount = (announced ?? body.length ?? 0) / ImageLimits.mebibyte
        let check = try await limits.check(call.caller.project, [.size: amount, .uploading: 1])
        try await uploader.receive(
            body, of: id, to: .store(entry), announced: announced, scope: access.scope, caller: call.caller
        ) { image, transaction in
            try access.check("upload_image", image)
            guard image.containerFormat != nil, image.diskFormat != nil else {
                throw Fault.badRequest(
                    "Properties disk_format, container_format must be set prior to saving data.", field: "disk_format")
            }
            try check?.enforce(in: transaction)
        }
        return .empty()
    }

    private func stage(_ call: Call, _ body: BodyStream) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let announced = try Self.size(call)
        let amount = (announced ?? body.length ?? 0) / ImageLimits.mebibyte
        let check = try await limits.check(call.caller.project, [.staged: amount, .uploading: 1])
        try await uploader.receive(
            body, of: id, to: .staging(shelf.staging), announced: announced, scope: access.scope, caller: call.caller
        ) { image, transaction in
            try access.check("modify_image", image)
            try check?.enforce(in: transaction)
        }
        return .empty()
    }

    private func download(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let preferred = try preferred(call)
        let (image, copies) = try await store.read { transaction -> (Image, [CopyBook.Copy]) in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            return (image, try CopyBook.of(id, in: transaction))
        }
        try access.check("download_image", image)
        if !preferred.isEmpty { try access.check("download_from_store", image) }
        guard image.status != .deactivated || access.scope.seesAll else {
            throw Fault.forbidden("The requested image has been deactivated. Image data download is forbidden.")
        }
        let kept = copies.filter { $0.store != StoreShelf.stagingName }
        guard image.status == .active || image.status == .deactivated, let size = image.size, !kept.isEmpty else {
            return .empty(204)
        }
        let sound = kept.filter { !$0.isDamaged }
        guard !sound.isEmpty else {
            throw Fault.unavailable(
                "The data of image \(id) are damaged in every store that has them. An administrator must restore them there."
            )
        }
        let blob = try await open(sound, preferred, id, size)
        var headers: HTTPFields = [:]
        headers[.imageChecksum] = image.checksum
        return try await Reply.data(
            call, size: size, headers: headers, range: Self.legacyRange(call, size),
            reading: { range in blob.pieces(of: range) },
            regions: { range in blob.regions(of: range) })
    }

    /// The range that older clients ask for by `Content-Range: bytes 0-4/1000`, in the form of `Range`.
    private static func legacyRange(_ call: Call, _ size: Int) -> String? {
        guard let text = call.headers[.contentRange] else { return nil }
        let words = text.split(separator: " ")
        let parts = words.last.map { $0.split(separator: "/", omittingEmptySubsequences: false) } ?? []
        guard words.count == 2, words[0].lowercased() == "bytes", parts.count == 2,
            parts[1] == "*" || parts[1] == "\(size)"
        else { return text }
        return "bytes=\(parts[0])"
    }

    /// The first copy that can be read, those in preferred stores before others, and then by the weights of the stores.
    private func open(
        _ copies: [CopyBook.Copy], _ preferred: [StoreName], _ id: ImageID, _ size: Int
    ) async throws -> any BlobReader {
        let order = preferred + shelf.readingOrder
        func place(_ copy: CopyBook.Copy) -> Int { order.firstIndex(of: copy.store) ?? order.count }
        for copy in copies.sorted(by: { place($0) < place($1) }) {
            guard shelf.entry(copy.store) != nil else { continue }
            do {
                if let blob = try await shelf.open(copy, size: size) { return blob }
                logger.error(
                    "the data of an image are not in their store",
                    metadata: ["image": "\(id)", "store": "\(copy.store)", "blob": "\(copy.blob)"])
            } catch let fault as Fault {
                logger.warning(
                    "a store of images cannot be read",
                    metadata: ["image": "\(id)", "store": "\(copy.store)", "fault": "\(fault.debugDescription)"])
            }
        }
        throw Fault.unavailable("The data of image \(id) cannot be read from any store at the moment.")
    }

    private func preferred(_ call: Call) throws(Fault) -> [StoreName] {
        guard let text = try call[Self.prefer] else { return [] }
        var names: [StoreName] = []
        for word in text.split(separator: ",") {
            let name = StoreName(String(word))
            guard shelf.entry(name) != nil else { throw unknown(name) }
            names.append(name)
        }
        return names
    }

    private func entry(_ name: String?) throws(Fault) -> StoreShelf.Entry {
        guard let name else { return shelf.standard }
        guard let entry = shelf.entry(StoreName(name)) else { throw unknown(StoreName(name)) }
        return entry
    }

    private func unknown(_ name: StoreName) -> Fault {
        .badRequest(
            "There is no store '\(name.text.shown)'; there are: \(shelf.publicNames.joined(separator: ", ")).",
            field: "store")
    }

    /// What `X-OpenStack-Image-Size` says.
    private static func size(_ call: Call) throws(Fault) -> Int? {
        guard let text = call.headers[.imageSize] else { return nil }
        guard let size = Int(text), size >= 0 else {
            throw .badRequest(
                "'\(text.shown)' is not a number of bytes, which X-OpenStack-Image-Size must be.",
                field: "X-OpenStack-Image-Size")
        }
        return size
    }
}

extension HTTPField.Name {
    /// `Content-MD5`, with hexadecimal digits.
    fileprivate static let imageChecksum = HTTPField.Name("Content-MD5") ?? .eTag
    /// `X-Image-Meta-Store`.
    static let imageStore = HTTPField.Name("X-Image-Meta-Store") ?? .via
    /// `X-OpenStack-Image-Size`.
    fileprivate static let imageSize = HTTPField.Name("X-OpenStack-Image-Size") ?? .via
}
