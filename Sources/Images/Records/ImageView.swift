import Conventions
import Model

/// An image on the wire: custom properties flat beside the fields of every image.
struct ImageView: WrittenView {
    let image: Image
    /// Whether there are several stores, of which the image then names its own.
    let showsStores: Bool

    func write(to json: inout JSONWriter) {
        let id = image.id.description
        json.object { json in
            let properties = image.properties.members
            if !properties.isEmpty { json.raw(properties) }
            json.member("name", image.name)
            json.member("disk_format", image.diskFormat)
            json.member("container_format", image.containerFormat)
            json.member("visibility", image.visibility.rawValue)
            json.member("size", image.size)
            json.member("virtual_size", image.virtualSize)
            json.member("status", image.status.rawValue)
            json.member("checksum", image.checksum)
            json.member("protected", image.isProtected)
            json.member("min_ram", image.minRAM)
            json.member("min_disk", image.minDisk)
            json.member("owner", image.owner?.text)
            json.member("os_hidden", image.isHidden)
            json.member("os_hash_algo", image.hash?.algorithm)
            json.member("os_hash_value", image.hash?.value)
            json.member("id", id)
            json.member("created_at", image.created.wire)
            json.member("updated_at", image.updated.wire)
            json.member("tags") { json in json.raw(Array(image.tags.json.utf8)) }
            json.member("self", "/v2/images/\(id)")
            json.member("file", "/v2/images/\(id)/file")
            json.member("schema", "/v2/schemas/image")
            if showsStores, !image.stores.isEmpty { json.member("stores", image.stores) }
        }
    }

    var bytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}
