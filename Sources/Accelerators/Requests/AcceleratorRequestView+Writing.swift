import API
import Conventions
import Model

extension AcceleratorRequestView: WrittenView {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uuid", uuid)
            json.member("state", state)
            json.member("device_profile_name", profileName)
            json.member("device_profile_group_id", profileGroup)
            json.member("hostname", hostname)
            json.member("device_rp_uuid", resourceProvider)
            json.member("instance_uuid", instance)
            json.member("project_id", project)
            json.member("attach_handle_type", handleType)
            json.member("attach_handle_uuid", handle)
            json.texts("attach_handle_info", handleInfo)
            json.optional("reason", reason)
            json.links("links", links)
            json.member("created_at", createdAt)
            json.member("updated_at", updatedAt)
        }
    }
}
