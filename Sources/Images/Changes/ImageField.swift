import API
import Model

/// A field that every image has and clients set, and how a value of the wire gets into it.
enum ImageField: String, Sendable, CaseIterable {
    case name, visibility, protected, owner, tags
    case hidden = "os_hidden"
    case containerFormat = "container_format"
    case diskFormat = "disk_format"
    case minDisk = "min_disk"
    case minRAM = "min_ram"

    /// Throws 400 for a value that the field cannot have, and 403 where the image's state forbids the change.
    func set(_ value: JSONValue, in image: inout Image, _ options: ImageOptions) throws(Fault) {
        switch self {
        case .name: image.name = try text(value)
        case .owner: image.owner = try text(value).map { ProjectID($0) }
        case .visibility: image.visibility = try visibility(value)
        case .protected: image.isProtected = try flag(value)
        case .hidden: image.isHidden = try flag(value)
        case .tags: image.tags = ImageTags(try texts(value))
        case .minDisk: image.minDisk = try number(value)
        case .minRAM: image.minRAM = try number(value)
        case .containerFormat:
            let format = try format(value, of: options.containerFormats)
            try checkFormats(image, isSame: format == image.containerFormat)
            image.containerFormat = format
        case .diskFormat:
            let format = try format(value, of: options.diskFormats)
            try checkFormats(image, isSame: format == image.diskFormat)
            image.diskFormat = format
        }
    }

    private func checkFormats(_ image: Image, isSame: Bool) throws(Fault) {
        guard isSame || image.status.takesFormats else {
            throw Fault(.forbidden, "Attribute \(rawValue) can be only replaced for a queued image.", field: rawValue)
        }
    }

    private func text(_ value: JSONValue) throws(Fault) -> String? {
        switch value {
        case .null: return nil
        case .text(let text): return try short(text)
        default: throw refusal("must be a text or null")
        }
    }

    private func texts(_ value: JSONValue) throws(Fault) -> [String] {
        guard case .array(let elements) = value else { throw refusal("must be a list of texts") }
        var texts: [String] = []
        for element in elements {
            guard case .text(let text) = element else { throw refusal("must be a list of texts") }
            texts.append(try short(text))
        }
        return texts
    }

    private func short(_ text: String) throws(Fault) -> String {
        guard text.unicodeScalars.count <= ImageSchema.longestText else {
            throw refusal("may have at most \(ImageSchema.longestText) characters")
        }
        return text
    }

    private func visibility(_ value: JSONValue) throws(Fault) -> ImageVisibility {
        guard case .text(let text) = value, let visibility = ImageVisibility(rawValue: text) else {
            throw refusal("must be one of \(ImageVisibility.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return visibility
    }

    private func flag(_ value: JSONValue) throws(Fault) -> Bool {
        guard case .bool(let flag) = value else { throw refusal("must be true or false") }
        return flag
    }

    private func number(_ value: JSONValue) throws(Fault) -> Int {
        guard case .integer(let number) = value, (0...Int(Int32.max)).contains(number) else {
            throw refusal("must be a whole number from 0 to \(Int32.max)")
        }
        return number
    }

    private func format(_ value: JSONValue, of known: [String]) throws(Fault) -> String? {
        switch value {
        case .null: return nil
        case .text(let text) where known.contains(text): return text
        default: throw refusal("must be null or one of \(known.joined(separator: ", "))")
        }
    }

    private func refusal(_ reason: String) -> Fault {
        .badRequest("Invalid value for '\(rawValue)': it \(reason).", field: rawValue)
    }
}
