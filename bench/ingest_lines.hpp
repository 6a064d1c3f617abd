#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/ids.hpp"

// Log lines as Graph exports them, of one made-up tenant: sign-ins of 2 to 3 KB with their
// conditional access policies, audits of many kinds, and planted consents to eM Client.
namespace clawback::bench {

inline constexpr std::string_view em_client = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";

struct App {
  std::string_view id, name;
};

// First-party applications with most of a tenant's sign-ins.
inline constexpr std::array<App, 8> microsoft_apps = {{
    {"89bee1f7-5e6e-4d8a-9f3d-ecd601259da7", "Office365 Shell WCSS-Client"},
    {"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"},
    {"5d661950-3475-41cd-a2c3-d671a3162bc1", "Microsoft Outlook"},
    {"c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"},
    {"d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"},
    {"4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"},
    {"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"},
    {"00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"},
}};

class Lines {
 public:
  explicit Lines(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 4000; ++i) users_.push_back(guid());
    for (int i = 0; i < 60; ++i) sso_apps_.push_back(guid());
    for (int i = 0; i < 12; ++i) policies_.push_back(guid());
  }

  // Appends one line of the mix.
  void add(std::string& out) {
    time_ += std::chrono::milliseconds(2311);
    const std::uint64_t dice = below(100);
    if (dice < 70) {
      const App& app = microsoft_apps[below(microsoft_apps.size())];
      sign_in(out, app.id, app.name);
    } else if (dice < 75) {
      const std::size_t app = below(sso_apps_.size());
      sign_in(out, sso_apps_[app], fmt::format("Contoso SSO {}", app));
    } else if (dice < 97) {
      audit(out, activities[below(std::size(activities))]);
    } else {
      audit(out, relevant[below(std::size(relevant))]);
    }
  }

  // Two records of one consent with mail scopes: the consent and the grant; and a sign-in.
  void plant(std::string& out) {
    time_ += std::chrono::milliseconds(2311);
    consent(out);
    sign_in(out, em_client, "eM Client");
  }

 private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  std::string guid() {
    const std::uint64_t a = random_();
    const std::uint64_t b = random_();
    return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", a >> 32, a >> 16 & 0xffff,
                       a & 0xfff, b >> 52, b & 0xffffffffffff);
  }

  void sign_in(std::string& out, std::string_view app, std::string_view name) {
    const std::size_t user = below(users_.size());
    const bool failed = below(20) == 0;
    const std::size_t city = user % std::size(cities);
    const auto to = std::back_inserter(out);
    fmt::format_to(
        to,
        R"({{"id":"{}","createdDateTime":"{}","userDisplayName":"User {} O\u0027Neill",)"
        R"("userPrincipalName":"user{}@contoso.example","userId":"{}","appId":"{}",)"
        R"("appDisplayName":"{}","ipAddress":"203.0.{}.{}","clientAppUsed":"Browser",)"
        R"("correlationId":"{}","conditionalAccessStatus":"success","isInteractive":true,)"
        R"("riskDetail":"none","riskLevelAggregated":"none","riskLevelDuringSignIn":"none",)"
        R"("riskState":"none","riskEventTypes":[],"riskEventTypes_v2":[],)"
        R"("resourceDisplayName":"Microsoft Graph",)"
        R"("resourceId":"00000003-0000-0000-c000-000000000000","status":{{"errorCode":{},)"
        R"("failureReason":{},"additionalDetails":"MFA requirement satisfied by claim in the token"}},)"
        R"("deviceDetail":{{"deviceId":"{}","displayName":"DESKTOP-{:06X}","operatingSystem":"Windows10",)"
        R"("browser":"Edge 130.0.0","isCompliant":true,"isManaged":true,"trustType":"Hybrid Azure AD joined"}},)"
        R"("location":{{"city":"{}","state":"{}","countryOrRegion":"{}",)"
        R"("geoCoordinates":{{"altitude":null,"latitude":47.{:05},"longitude":-122.{:05}}}}},)"
        R"("appliedConditionalAccessPolicies":[)",
        guid(), format_time(time_), user, user, users_[user], app, name, user >> 8 & 0xff,
        user & 0xff, guid(), failed ? 50126 : 0,
        failed
            ? R"("Error validating credentials due to invalid username or password. User\u0027s \u003clocked\u003e.")"
            : R"("Other.")",
        guid(), below(1 << 24), cities[city][0], cities[city][1], cities[city][2], below(100000),
        below(100000));
    const std::size_t policies = 5 + below(5);
    for (std::size_t i = 0; i < policies; ++i) {
      fmt::format_to(
          to,
          R"({}{{"id":"{}","displayName":"CA{:03} Require MFA \u0026 compliant device for \u0022all\u0022 apps",)"
          R"("enforcedGrantControls":["Mfa"],"enforcedSessionControls":[],"result":"{}"}})",
          i == 0 ? "" : ",", policies_[i], i, i % 3 == 0 ? "success" : "notApplied");
    }
    out += "]}\n";
  }

  void audit(std::string& out, std::string_view activity) {
    const std::size_t user = below(users_.size());
    const auto to = std::back_inserter(out);
    fmt::format_to(
        to,
        R"({{"id":"Directory_{}_{:05X}","category":"UserManagement","correlationId":"{}",)"
        R"("result":"success","resultReason":"","activityDisplayName":"{}","activityDateTime":"{}",)"
        R"("loggedByService":"Core Directory","operationType":"Update","initiatedBy":{{"app":null,)"
        R"("user":{{"id":"{}","displayName":null,"userPrincipalName":"admin{}@contoso.example",)"
        R"("ipAddress":"203.0.113.{}","roles":[]}}}},"targetResources":[{{"id":"{}","displayName":null,)"
        R"("type":"User","userPrincipalName":"user{}@contoso.example","groupType":null,"modifiedProperties":[)",
        guid(), below(1 << 20), guid(), activity, format_time(time_), users_[user], user % 7,
        user % 250, users_[user], user);
    const std::size_t properties = 2 + below(5);
    for (std::size_t i = 0; i < properties; ++i) {
      fmt::format_to(
          to,
          R"({}{{"displayName":"StrongAuthenticationMethod{}","oldValue":"[{{\"MethodType\":6,\"Default\":true}}]",)"
          R"("newValue":"[{{\"MethodType\":6,\"Default\":true}},{{\"MethodType\":7,\"Default\":false}}]"}})",
          i == 0 ? "" : ",", i);
    }
    fmt::format_to(
        to, R"(]}}],"additionalDetails":[{{"key":"UserType","value":"Member"}},)"
            R"-({{"key":"User-Agent","value":"Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}}]}})-"
            "\n");
  }

  void consent(std::string& out) {
    const std::size_t user = below(users_.size());
    fmt::format_to(
        std::back_inserter(out),
        R"({{"id":"Directory_{}_PLANT","category":"ApplicationManagement","correlationId":"{}",)"
        R"("result":"success","resultReason":"","activityDisplayName":"Consent to application",)"
        R"("activityDateTime":"{}","loggedByService":"Core Directory","operationType":"Assign",)"
        R"("initiatedBy":{{"app":null,"user":{{"id":"{}","displayName":null,)"
        R"("userPrincipalName":"user{}@contoso.example","ipAddress":"203.0.113.7","roles":[]}}}},)"
        R"("targetResources":[{{"id":"5d1cf1a4-3c5b-4c0a-9d6a-6c2f0a3f1b77","displayName":"eM Client",)"
        R"("type":"ServicePrincipal","userPrincipalName":null,"groupType":null,"modifiedProperties":[)"
        R"({{"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"False\""}},)"
        R"({{"displayName":"ConsentAction.Permissions","oldValue":null,"newValue":)"
        R"("\"[] =\u003e [[Id: AAAA, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: {}, )"
        R"(ResourceId: 11111111-0000-4000-8000-000000000001, ConsentType: Principal, )"
        R"(Scope:  EWS.AccessAsUser.All offline_access, CreatedDateTime: , LastModifiedDateTime ]]; \""}}]}}],)"
        R"("additionalDetails":[{{"key":"AppId","value":"{}"}}]}})"
        "\n",
        guid(), guid(), format_time(time_), users_[user], user, users_[user], em_client);
  }

  static constexpr std::string_view activities[] = {"Update user",
                                                    "Reset user password",
                                                    "Add member to group",
                                                    "Update device",
                                                    "User registered security info",
                                                    "Change user license",
                                                    "Add user",
                                                    "Update group"};
  static constexpr std::string_view relevant[] = {
      "Update service principal", "Add service principal", "Consent to application",
      "Add delegated permission grant", "Update application"};
  static constexpr std::string_view cities[][3] = {{"Redmond", "Washington", "US"},
                                                   {"Hamburg", "Hamburg", "DE"},
                                                   {"Leeds", "England", "GB"},
                                                   {"Utrecht", "Utrecht", "NL"}};

  std::mt19937_64 random_;
  std::vector<std::string> users_, sso_apps_, policies_;
  Time time_ = *parse_time("2026-10-24T00:00:00Z");
};

}  // namespace clawback::bench
