import API
import Conventions
import Model

extension DeviceView: WrittenView {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uuid", uuid)
            json.member("type", type)
            json.member("vendor", vendor)
            json.member("model", model)
            json.member("std_board_info", standardBoardInfo)
            json.member("vendor_board_info", vendorBoardInfo)
            json.member("hostname", hostname)
            json.optional("status", status)
            json.optional("state", state)
            json.optional("driver", driver)
            if let facts { json.texts("facts", facts) }
            if let deployables {
                json.member("deployables") { json in
                    json.array(deployables) { json, deployable in deployable.write(to: &json) }
                }
            }
            json.links("links", links)
            json.member("created_at", createdAt)
            json.member("updated_at", updatedAt)
        }
    }
}
