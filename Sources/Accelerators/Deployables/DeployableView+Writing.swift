import API
import Conventions
import Model

extension DeployableView: WrittenView {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uuid", uuid)
            json.member("parent_id", parentID)
            json.member("root_id", rootID)
            json.member("name", name)
            json.member("num_accelerators", accelerators)
            json.member("device_id", deviceID)
            json.member("attributes_list", attributes)
            json.member("rp_uuid", resourceProvider)
            json.member("driver_name", driver)
            json.member("bitstream_id", bitstream)
            json.optional("status", status)
            json.optional("device_uuid", device)
            json.optional("resource_class", resourceClass)
            json.links("links", links)
            json.member("created_at", createdAt)
            json.member("updated_at", updatedAt)
        }
    }
}
